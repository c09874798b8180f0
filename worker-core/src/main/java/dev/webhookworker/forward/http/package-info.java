/**
 * The requests themselves, with Apache HttpClient 5. The only classes that touch that library;
 * loaded when the first event is forwarded.
 */
@NullMarked
package dev.webhookworker.forward.http;

import org.jspecify.annotations.NullMarked;
