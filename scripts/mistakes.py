"""What people get wrong at a counter: each entry spoils one thing of a right
application and names the check that must find it (docs: the list of checks).

An entry is (check id, what, path, function); the function gives False where
the mistake does not fit this application."""
import checkcodes


def wrong_last(text, charset):
    return text[:-1] + charset[(charset.index(text[-1]) + 1) % len(charset)]


def person_of(form):
    """The first natural person among owners and agents."""
    owner = form["mortgagors"][0]
    return owner.get("agent", owner)


def id_check_digit(form):
    person = person_of(form)
    person["id"] = wrong_last(person["id"], "10X98765432")


def id_impossible_date(form):
    person = person_of(form)
    first17 = person["id"][:10] + "0230" + person["id"][14:17]
    person["id"] = first17 + checkcodes.citizen_check(first17)


def unit_letter_o(form):
    number = form["units"][0]["bdcdyh"]
    form["units"][0]["bdcdyh"] = number[:8] + "O" + number[9:]


def unit_too_short(form):
    number = form["units"][0]["bdcdyh"]
    form["units"][0]["bdcdyh"] = number[:15] + number[16:]


def unit_of_other_district(form):
    number = form["units"][0]["bdcdyh"]
    form["units"][0]["bdcdyh"] = ("370102" if form["district"] != "370102" else "371724") + number[6:]


def proof_for_certificate(form):
    unit = form["units"][0]
    if "bdcqzh" not in unit:
        return False
    unit["bdcqzh"] = unit["bdcqzh"].replace("不动产权", "不动产证明")


def uscc_check_digit(form):
    mortgagee = form["mortgagee"]
    mortgagee["uscc"] = wrong_last(mortgagee["uscc"], checkcodes.USCC_CHARSET)


def cnaps_check_digit(form):
    form["mortgagee"]["cnaps"] = wrong_last(form["mortgagee"]["cnaps"], "0123456789")


def amount_key(form):
    return "zgzqse" if "zgzqse" in form else "bdbzzqse"


def amount_zero(form):
    form[amount_key(form)] = 0


def amount_in_ten_thousands(form):
    """Ten-thousands of yuan typed where yuan are asked: 80 yuan for 800,000."""
    form[amount_key(form)] //= 10_000


def dates_in_wrong_order(form):
    form["zwlxqssj"], form["zwlxjssj"] = form["zwlxjssj"], form["zwlxqssj"]


def other_method(form):
    if form["kind"] not in ("M01", "M07"):
        return False
    form["dyfs"] = "1" if form["dyfs"] == "2" else "2"


def transfer_clause_open(form):
    del form["sfczjzhxz"]


def blank_in_name(form):
    owner = form["mortgagors"][0]
    owner["name"] = owner["name"][:1] + " " + owner["name"][1:]


def land_with_building(form):
    if form["kind"] == "M14":
        return False
    form["dybdclx"] = "1"


def scope_missing(form):
    del form["dbfw"]


def drop_material(code):
    def spoil(form):
        kept = [row for row in form["materials"] if row["code"] != code]
        if len(kept) == len(form["materials"]):
            return False
        form["materials"] = kept
    return spoil


def page_too_large(form):
    form["materials"][0]["size"] = form["materials"][0]["pages"] * 2_097_152 + 1


def signature_missing(form):
    form["materials"][0]["signed_by"] = form["materials"][0]["signed_by"][:-1]


def fee_payer_missing(form):
    del form["fee_payer"]


def face_missing(form):
    form["consent"]["face"] = []


def consent_missing(form):
    form["consent"]["pipl"] = ""


MISTAKES = (
    ("F07", "check digit of an id", id_check_digit),
    ("MAT01", "the record of questions is missing", drop_material("XWBL")),
    ("F03", "letter O in a unit number", unit_letter_o),
    ("F10", "amount of nothing", amount_zero),
    ("F05", "unit of another district", unit_of_other_district),
    ("MAT03", "a signature is missing", signature_missing),
    ("F10", "ten-thousands of yuan for yuan", amount_in_ten_thousands),
    ("F06", "a registration proof where a certificate belongs", proof_for_certificate),
    ("F13", "question of the transfer clause open", transfer_clause_open),
    ("F11", "end before start", dates_in_wrong_order),
    ("F07", "30 February in an id", id_impossible_date),
    ("F08", "check character of a company code", uscc_check_digit),
    ("F09", "check digit of the bank number", cnaps_check_digit),
    ("MAT02", "a page too large", page_too_large),
    ("F12", "amount and method do not fit", other_method),
    ("F14", "blank in a name", blank_in_name),
    ("F16", "land alone, with a building's number", land_with_building),
    ("F02", "secured scope missing", scope_missing),
    ("F03", "unit number too short", unit_too_short),
    ("B04", "nobody pays the fee", fee_payer_missing),
    ("S01", "no face verification", face_missing),
    ("S02", "no consent", consent_missing),
    ("MAT01", "the contract sheet is missing", drop_material("HTB")),
)


def plant_mistake(form, turn):
    """Spoils `form` with the next mistake that fits; gives (check id, what)."""
    for step in range(len(MISTAKES)):
        check, what, spoil = MISTAKES[(turn + step) % len(MISTAKES)]
        if spoil(form) is not False:
            return check, what
    raise AssertionError("no mistake fits")
