/* What is said in the core's tests, compiled into this suite too. */
#include "tests/core/says.c"
