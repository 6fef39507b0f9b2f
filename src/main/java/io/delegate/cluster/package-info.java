/** Nodes of a cluster: works run on other machines, by the same streams. */
@NullMarked
package io.delegate.cluster;

import org.jspecify.annotations.NullMarked;
