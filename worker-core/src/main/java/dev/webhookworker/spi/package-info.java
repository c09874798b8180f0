/**
 * What users and integrators implement. Implementations are passed to the builder or found by
 * {@link java.util.ServiceLoader}; the worker calls them, from several threads at once unless a
 * type says otherwise.
 */
@NullMarked
package dev.webhookworker.spi;

import org.jspecify.annotations.NullMarked;
