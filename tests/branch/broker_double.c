/* The double of the client's tests, compiled into this suite too. */
#include "tests/client/broker_double.c"
