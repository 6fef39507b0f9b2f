/**
 * What a parent and the nodes of a cluster say to each other, whatever brings it: messages, their
 * order, and the files they need. Nothing of the user's is read here.
 */
@NullMarked
package io.delegate.link;

import org.jspecify.annotations.NullMarked;
