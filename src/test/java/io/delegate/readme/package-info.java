/** What the snippets of the README take for granted. */
@NullMarked
package io.delegate.readme;

import org.jspecify.annotations.NullMarked;
