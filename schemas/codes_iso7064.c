#include "schemas/codes.h"

/* ISO 7064 hybrid systems MOD M+1,M: M is the size of the alphabet. */

static const char ALPHABET[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static int value_of(char character, int modulus)
{
    int value = -1;
    if (character >= '0' && character <= '9')
        value = character - '0';
    else if (character >= 'A' && character <= 'Z')
        value = character - 'A' + 10;
    return value < modulus ? value : -1;
}

static char check_character(struct text text, int modulus)
{
    int product = modulus;
    for (uint32_t index = 0; index < text.size; index++) {
        int value = value_of(text.data[index], modulus);
        if (value < 0)
            return '\0';
        int sum = (product + value) % modulus;
        product = (sum == 0 ? modulus : sum) * 2 % (modulus + 1);
    }
    return ALPHABET[(modulus + 1 - product) % modulus];
}

static bool check_holds(struct text text, int modulus)
{
    if (text.size < 2)
        return false;
    struct text body = {text.data, text.size - 1};
    char check = check_character(body, modulus);
    return check != '\0' && check == text.data[text.size - 1];
}

char iso7064_mod37_36(struct text text)
{
    return check_character(text, 36);
}

bool iso7064_mod37_36_holds(struct text text)
{
    return check_holds(text, 36);
}

char iso7064_mod11_10(struct text text)
{
    return check_character(text, 10);
}

bool iso7064_mod11_10_holds(struct text text)
{
    return check_holds(text, 10);
}
