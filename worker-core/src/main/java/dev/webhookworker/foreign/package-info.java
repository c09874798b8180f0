/**
 * The door to code that is not ours: processors, classifiers, listeners, tracing, key providers,
 * and the methods of the exceptions that they throw. It may throw anything at any time, so every
 * call goes through here. Uses nothing of the other packages.
 */
@NullMarked
package dev.webhookworker.foreign;

import org.jspecify.annotations.NullMarked;
