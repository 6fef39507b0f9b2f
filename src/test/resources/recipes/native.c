#include <jni.h>

JNIEXPORT jint JNICALL Java_recipes_Native_at(JNIEnv *env, jclass type, jlong address) {
  return address == 42 ? 42 : *(volatile jint *) address; /* 0 is nobody's address */
}
