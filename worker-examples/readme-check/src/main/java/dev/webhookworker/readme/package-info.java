/** README's code blocks, and a Maven repository to run them in as a user would. */
@NullMarked
package dev.webhookworker.readme;

import org.jspecify.annotations.NullMarked;
