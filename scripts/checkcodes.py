"""Check characters of the field's codes, and synthetic codes that carry them.

Every code made here is marked as synthetic by its own parts: a cadastral zone
999, an organisation code of QQQQ or XXXX, a branch serial 9999, and citizens'
ids whose district code is younger than the birth date, so that no natural
person can hold one."""

USCC_CHARSET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# Districts that exist only since 2016 or later.
YOUNG_DISTRICTS = ("370614", "370116", "370117", "371681", "370115", "371503", "370215")


def citizen_check(first17):
    """GB 11643."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, CITIZEN_WEIGHTS)) % 11]


def citizen_id(random):
    birth = f"{random.randint(1962, 2001)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
    first17 = random.choice(YOUNG_DISTRICTS) + birth + f"{random.randint(0, 999):03}"
    return first17 + citizen_check(first17)


def organisation_check(first8):
    """GB 11714, the inner check of a USCC; values 0-9, A=10 ... Z=35."""
    rest = 11 - sum(int(char, 36) * weight for char, weight in zip(first8, ORGANISATION_WEIGHTS)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def uscc_check(first17):
    """GB 32100."""
    total = sum(USCC_CHARSET.index(char) * pow(3, place, 31) for place, char in enumerate(first17))
    return USCC_CHARSET[(31 - total % 31) % 31]


def uscc(district, mark, number):
    """A company's code: 91, district, MA + mark of four letters + two digits, both checks."""
    organisation = f"MA{mark}{number:02}"
    first17 = f"91{district}{organisation}{organisation_check(organisation)}"
    return first17 + uscc_check(first17)


def cnaps_check(first11):
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in first11:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def cnaps(bank, area, serial="9999"):
    first11 = f"{bank}{area}{serial}"
    return first11 + cnaps_check(first11)


def self_test():
    """The vectors of the standards, as far as they are synthetic."""
    assert citizen_check("37061419900228000") == "6" and citizen_check("37011619850615000") == "3"
    assert uscc("370100", "QQQQ", 1) == "91370100MAQQQQ019K" and uscc("370600", "XXXX", 2) == "91370600MAXXXX023J"
    assert cnaps("105", "4510") == "105451099995" and cnaps("105", "4560") == "105456099994"


if __name__ == "__main__":
    self_test()
