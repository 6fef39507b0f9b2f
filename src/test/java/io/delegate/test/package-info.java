/** The test kit: by itself, and against what it stands for. */
package io.delegate.test;
