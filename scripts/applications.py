"""Synthetic applications for registration: lines as a branch files them.

One application is a plain dict of the shape of CASE_SUBMIT (docs/messages.md),
complete and right; `plant_mistake` then spoils one thing the counter checks
must find. The same seed gives the same applications."""
import datetime
import hashlib

import checkcodes

CITIES = {  # city code: (name, area of the bank branch's number)
    "370100": ("济南市", "4510"), "370200": ("青岛市", "4520"), "370300": ("淄博市", "4530"),
    "370400": ("枣庄市", "4540"), "370500": ("东营市", "4550"), "370600": ("烟台市", "4560"),
    "370700": ("潍坊市", "4580"), "370800": ("济宁市", "4610"), "370900": ("泰安市", "4630"),
    "371000": ("威海市", "4650"), "371100": ("日照市", "4732"), "371300": ("临沂市", "4730"),
    "371400": ("德州市", "4680"), "371500": ("聊城市", "4710"), "371600": ("滨州市", "4660"),
    "371700": ("菏泽市", "4750"),
}
BANK = "105"
SURNAMES = "张李王刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
KINDS = (("M01",) * 22 + ("M02",) * 2 + ("M03",) + ("M04",) * 6 + ("M05",) * 5 + ("M06",) * 3 + ("M07",) * 4 + ("M08", "M09", "M10", "M10b")
         + ("M11",) * 2 + ("M12",) * 4 + ("M13",) * 2 + ("M14",) * 2)
MATERIAL_NAMES = {
    "SQS": "不动产登记申请书", "ID": "身份证明", "XWBL": "询问笔录", "SQWT": "授权委托书", "QSZ": "不动产权属证书",
    "HTB": "主债权合同及抵押合同信息表", "DJZM": "不动产登记证明", "JQZM": "贷款结清证明", "YGZM": "预告登记证明",
    "YGXY": "预告登记约定", "ZGEHT": "最高额抵押合同", "SXHT": "授信合同",
    "GHXK": "建设工程规划许可证", "LZHT": "土地经营权流转合同", "CBBA": "发包方备案", "CBFTY": "承包方书面同意",
    "FZWQD": "地上附着物清单", "BGXY": "抵押变更协议", "DYQRTY": "其他抵押权人书面同意", "ZQZR": "债权转让协议",
    "MMHT": "房屋买卖合同", "YSHT": "商品房预售合同（已备案）", "WSZM": "契税完税证明", "SFXY": "带押过户三方协议",
    "ZJJG": "资金监管证明", "QDYHTY": "原抵押权人书面同意",
    "TZZM": "通知债务人的证明", "ZRYD": "最高额抵押权转让约定", "QDZM": "债权确定证明",
}
KIND_MATERIALS = {"M01": ("QSZ", "HTB"), "M02": ("QSZ", "DJZM", "BGXY"), "M03": ("DJZM", "ZQZR", "TZZM"),
                  "M08": ("QSZ", "DJZM", "BGXY"), "M09": ("DJZM", "QDZM"), "M04": ("DJZM", "JQZM"), "M05": ("HTB", "YGZM", "YGXY"),
                  "M06": ("HTB", "YGZM", "QSZ"), "M07": ("QSZ", "ZGEHT", "SXHT"), "M10": ("QSZ", "HTB", "GHXK"),
                  "M10b": ("QSZ", "DJZM", "BGXY"), "M11": ("YSHT", "YGXY", "HTB"), "M12": ("QSZ", "MMHT", "WSZM", "HTB"),
                  "M13": ("QSZ", "DJZM", "MMHT", "WSZM", "SFXY", "ZJJG", "QDYHTY", "HTB"),
                  "M14": ("QSZ", "HTB", "LZHT", "CBBA", "CBFTY", "FZWQD")}
SIGNED_CONTRACTS = ("HTB", "ZGEHT", "YGXY", "BGXY", "ZQZR", "SFXY")
SALE_CONTRACTS = ("MMHT", "YSHT")  # between seller and buyer alone
SIGNED_BY_SELLERS = ("SQS", "XWBL", "MMHT", "YSHT", "YGXY", "SFXY")
SALE_KINDS = ("M11", "M12", "M13")  # one case with ordered parts
MAXIMUM_KINDS = ("M07", "M08", "M09")
LATER_KINDS = ("M02", "M03", "M06", "M08", "M09", "M10b")  # of a loan that began long ago
SITE_KINDS = ("M10", "M10b")
LAND_KINDS = SITE_KINDS + ("M14",)  # the others are on homes
PAGES = {"SQS": 2, "QSZ": 2, "XWBL": 2, "YGXY": 2, "ZGEHT": 6, "SXHT": 8}


class Branch:
    """A synthetic bank branch of one city."""

    def __init__(self, city):
        self.city, (self.city_name, area) = city, CITIES[city]
        self.cnaps = checkcodes.cnaps(BANK, area)
        self.participant = "B:" + self.cnaps
        self.name = f"示例银行{self.city_name[:-1]}分行"
        self.uscc = checkcodes.uscc(city, "QQQQ", 1)


class Window:
    """A registry window: one district. `old_codes`: retired codes its units may still carry."""

    def __init__(self, code, name, city, old_codes=()):
        self.code, self.name, self.city, self.old_codes = code, name, city, old_codes
        self.city_name = CITIES[city][0]
        self.participant = "W:" + code


class Maker:
    """Makes applications one after the other; numbers of units, contracts and papers never repeat."""

    def __init__(self, random, today, branches=()):
        self.random, self.today, self.branches, self.count = random, today, branches, 0
        self.last_unit = {}  # window code: a unit that is mortgaged already, and its owners
        self.again = None  # the owners, where a unit is mortgaged a second time

    def application(self, window, branch, kind=None):
        self.count += 1
        kind = kind or self.random.choice(KINDS)
        owners, units = self.owners(kind), self.units(window, kind)
        if self.again:
            owners, self.again = [dict(owner) for owner in self.again], None
        elif kind not in LAND_KINDS + ("M05", "M11"):
            self.last_unit[window.code] = units[0], owners
        shape = self.random.choice(("300", "300", "200", "400", "100")) if kind == "M10b" else None
        if shape == "100":
            units = [self.unit(window, kind, 1)]
        form = {
            "kind": kind, "district": window.code, "units": units, "dybdclx": "2" if shape == "100" else self.estate(kind, units[0]),
            "mortgagors": owners,
            "mortgagee": {"name": branch.name, "uscc": branch.uscc, "cnaps": branch.cnaps, "agent": self.person()},
            "debtors": self.debtors(owners), "dyfs": "2" if kind in MAXIMUM_KINDS else "1",
            "zgzqse" if kind in MAXIMUM_KINDS else "bdbzzqse": self.amount(kind),
            **self.term(kind), "dbfw": "主债权及利息、罚息、违约金、实现债权的费用",
            "sfczjzhxz": self.random.choice((0, 0, 0, 1)),
            "dyhth": f"DY-{self.today.year}-{branch.cnaps[3:7]}-{self.count:06}",
            **self.only_of_kind(window, kind),
        }
        form.update(self.follows(window, branch, form))
        form.update(self.construction(window, branch, form, shape))
        form.update(self.sale(window, branch, form))
        if kind in ("M01", "M07", "M10"):
            form["sw"] = 1
        form["materials"] = self.materials(form)
        form["consent"] = {"pipl": f"C-{self.count:06}", "correction_scope": "typo,format,material-rescan",
                           "face": [f"F-{self.count:06}-{index}" for index in range(len(owners))]}
        form["fee_payer"], form["cert"] = "mortgagee", "electronic"
        return form

    def person(self):
        surname = "欧阳" if self.random.random() < 0.02 else self.random.choice(SURNAMES)
        return {"name": surname + "某", "idt": "1", "id": checkcodes.citizen_id(self.random)}

    def owners(self, kind):
        share = self.random.random()
        if kind in SITE_KINDS or (share < 0.08 and kind in ("M01", "M07")):
            company = {"name": f"示例{self.random.choice('甲乙丙丁戊')}{'置业' if kind in SITE_KINDS else '商贸'}有限公司", "idt": "7", "gyfs": "0",
                       "id": checkcodes.uscc("370100", "XXXX", self.random.randint(10, 99)), "agent": self.person()}
            return [company]
        count = 1 if share < 0.45 else 3 if share > 0.95 else 2
        owners = [{**self.person(), "gyfs": "0" if count == 1 else "1"} for _ in range(count)]
        owners[0]["tel"] = f"1380000{self.random.randint(0, 9999):04}"
        return owners

    def debtors(self, owners):
        if self.random.random() < 0.1:
            return [self.person()]
        return [{"ref": f"mortgagors/{index}"} for index in range(len(owners) if self.random.random() < 0.3 else 1)]

    def units(self, window, kind):
        used = self.last_unit.get(window.code)
        if used and kind == "M01" and self.random.random() < 0.03:
            self.again = used[1]
            return [dict(used[0])]  # a second mortgage on the same home: order in one lane
        if kind in LAND_KINDS:
            return [self.land(window, kind)]
        count = 1 if self.random.random() < 0.9 else self.random.randint(2, 4)
        return [self.unit(window, kind, room) for room in range(1, count + 1)]

    def district(self, window):
        is_old = window.old_codes and self.random.random() < 0.15
        return self.random.choice(window.old_codes) if is_old else window.code

    def land(self, window, kind):
        """The plot of a building site; a field, or woodland with its trees."""
        letters, tail, use = ("GB", "W00000000", "城镇住宅用地") if kind in SITE_KINDS else self.random.choice(
            (("JD", "W00000000", "耕地"), ("JD", "W00000000", "耕地"), ("JE", "L00000001", "林地")))
        number = f"{self.district(window)}999{self.random.randint(1, 60):03}{letters}{self.count:05}{tail}"
        return {"bdcdyh": number, "bdcqzh": self.paper(window, "不动产权"), "use": use,
                "zl": f"{window.city_name}{window.name}示例{'路' if kind in SITE_KINDS else '村'}{self.count % 300 + 1}号地块",
                "mj": f"{self.random.randint(300_000, 4_000_000) / 100:.2f}"}

    def estate(self, kind, unit):
        if kind == "M14":
            return "3" if unit["use"] == "林地" else "1"
        return "4" if kind in SITE_KINDS else "2"

    def unit(self, window, kind, room):
        district = self.district(window)
        building, floor = self.random.randint(1, 60), self.random.randint(1, 33)
        unit = {"bdcdyh": f"{district}999{self.random.randint(1, 60):03}GB{self.count:05}F{building:04}{floor:02}{room:02}"}
        if kind not in ("M05", "M11"):
            unit["bdcqzh"] = self.paper(window, "不动产权")
        unit["zl"] = f"{window.city_name}{window.name}示例路{self.count % 300 + 1}号{building}幢{floor}{room:02}室"
        unit["mj"] = f"{self.random.randint(6000, 22000) / 100:.2f}"
        unit["use"] = "商业" if self.random.random() < 0.05 else "住宅"
        return unit

    def paper(self, window, what):
        year = self.random.randint(2017, self.today.year)
        return f"鲁（{year}）{window.city_name}{what}第{self.random.randint(1, 9999999):07}号"

    def amount(self, kind):
        """Fen; around 800,000 yuan, whole thousands of yuan; more for a building site, less for a field."""
        yuan = min(max(self.random.lognormvariate(13.5, 0.42), 100_000), 6_000_000)
        yuan *= {"M10": 15, "M10b": 15, "M14": 0.25}.get(kind, 1)
        return round(yuan / 1000) * 1000 * 100

    def term(self, kind):
        start = self.today + datetime.timedelta(days=self.random.randint(-20, 10))
        years = self.random.choice((1, 2, 3, 5) if kind in MAXIMUM_KINDS + LAND_KINDS else (10, 15, 20, 25, 30))
        began = start.year - (self.random.randint(1, 3) if kind in LATER_KINDS else 0)
        start = start.replace(year=began, day=min(start.day, 28))
        return {"zwlxqssj": start.isoformat(), "zwlxjssj": start.replace(year=start.year + years).isoformat()}

    def only_of_kind(self, window, kind):
        if kind == "M04":
            return {"bdcdjzmh": self.paper(window, "不动产证明"), "zxdyyy": "主债权已清偿，债权消灭"}
        if kind == "M10":
            place = f"{window.city_name}{window.name}示例路{self.count % 300 + 1}号地块"
            return {"zjjzwzl": place, "zjjzwdyfw": f"1幢至{self.random.randint(2, 12)}幢，已预售、已预告登记的单元除外"}
        if kind in ("M05", "M06"):
            return {"prenotice_zmh": self.paper(window, "不动产证明"),
                    "prenotice_ywh": f"{window.code}-{self.today.year}-{self.count:07}"}
        return {}

    def follows(self, window, branch, form):
        """What a registration says that follows a mortgage in the book."""
        kind = form["kind"]
        if kind not in ("M02", "M03", "M08", "M09"):
            return {}
        book = self.book(window)
        if kind == "M03" or (kind == "M08" and self.random.random() < 0.3):
            return {**book, "transferor": self.other_bank(branch)}
        if kind == "M09":
            return {**book, "zgzqqdss": "债权确定期间届满", "zgzqqdse": form["zgzqse"] * self.random.randint(40, 100) // 100}
        return {**book, **self.changes(form)}

    def book(self, window):
        return {"bdcdjzmh": self.paper(window, "不动产证明"),
                "ssywh": f"{window.code}-{self.today.year - 1}-{self.count:07}"}

    def other_bank(self, branch):
        return {"name": f"示例农商银行{branch.city_name[:-1]}支行", "agent": self.person(),
                "uscc": checkcodes.uscc(branch.city, "QQQQ", 2), "cnaps": checkcodes.cnaps("402", branch.cnaps[3:7])}

    def construction(self, window, branch, form, shape):
        """M10b: part release, transfer, cancellation, or the turn into a mortgage on the building."""
        if form["kind"] != "M10b":
            return {}
        book = self.book(window)
        if shape == "100":
            return book
        book.update(self.only_of_kind(window, "M10"))
        if shape == "200":
            return {**book, "transferor": self.other_bank(branch)}
        if shape == "400":
            del book["ssywh"]
            return {**book, "zxdyyy": "主债权已清偿，债权消灭"}
        return {**book, "changes": [{"item": "units", "before": "1幢至3幢", "after": "1幢至2幢"}]}

    def sale(self, window, branch, form):
        """M11 to M13: the sellers, the sale, and the bank whose mortgage ends."""
        kind = form["kind"]
        if kind not in SALE_KINDS:
            return {}
        sellers = [{**self.person(), "gyfs": "0"}]
        if kind == "M11":
            sellers = self.owners("M10")
        number = f"{self.today.year}-{window.code}-{self.count:06}"
        sale = {"htbh": "MM-" + number, "price": form["bdbzzqse"] * self.random.randint(12, 20) // 10}
        sale.update({"bah": "BA-" + number} if kind == "M11" else {"wspz": "WS-" + number})
        if kind != "M13":
            return {"sellers": sellers, "sale": sale}
        return {"sellers": sellers, "sale": {**sale, "zjjg": "JG-" + number},
                "bdcdjzmh": self.paper(window, "不动产证明"), "old_mortgagee": self.old_mortgagee(branch)}

    def old_mortgagee(self, branch):
        """Another branch of this day, so that it can confirm; a foreign bank where there is none."""
        others = [other for other in self.branches if other is not branch]
        if not others:
            return self.other_bank(branch)
        other = self.random.choice(others)
        return {"name": other.name, "uscc": other.uscc, "cnaps": other.cnaps, "agent": self.person()}

    def changes(self, form):
        """A longer term, or a wording; another mortgagee stands by now and then."""
        end = form["zwlxjssj"]
        changes = [{"item": "zwlxjssj", "before": f"{int(end[:4]) - 1}{end[4:]}", "after": end}]
        if self.random.random() < 0.5:
            changes.append({"item": "other", "before": "按月等额本息还款", "after": "按季付息、到期还本"})
        others = {"other_mortgagees": ["示例信托有限公司"]} if self.random.random() < 0.3 else {}
        return {"changes": changes, **others}

    def kind_materials(self, form):
        if form["kind"] == "M08" and "transferor" in form:
            return KIND_MATERIALS["M03"] + ("ZRYD",)
        if form["kind"] == "M10b" and "changes" not in form:
            return (KIND_MATERIALS["M03"] if "transferor" in form else KIND_MATERIALS["M04"] if "zxdyyy" in form
                    else ("QSZ", "DJZM", "HTB"))
        return KIND_MATERIALS[form["kind"]] + ("DYQRTY",) * len(form.get("other_mortgagees", ()))

    def materials(self, form):
        owners = [f"mortgagors/{index}" + ("/agent" if "agent" in owner else "")
                  for index, owner in enumerate(form["mortgagors"])]
        if "transferor" in form:
            owners = ["transferor/agent"]
        sellers = [f"sellers/{index}" + ("/agent" if "agent" in seller else "")
                   for index, seller in enumerate(form.get("sellers", ()))]
        bank_alone = form["kind"] in ("M04", "M09") and self.random.random() < 0.7
        parties = ["mortgagee/agent"] if bank_alone else owners + ["mortgagee/agent"]
        signed = {"SQS": parties, "XWBL": ["mortgagee/agent"] if bank_alone else owners}
        signed.update({code: parties for code in SIGNED_CONTRACTS})
        signed.update({code: owners for code in SALE_CONTRACTS}, QDYHTY=["old_mortgagee/agent"])
        signed.update({code: sellers + signed[code] for code in SIGNED_BY_SELLERS})
        rows = [self.material(code, signed.get(code)) for code in ("SQS", "ID", "XWBL") + self.kind_materials(form)]
        rows += [self.material("SQWT", [bank]) for bank in ("mortgagee", "transferor", "old_mortgagee") if bank in form]
        rows += [self.material("SQWT", [f"{role}/{index}"]) for role in ("mortgagors", "sellers")
                 for index, owner in enumerate(form.get(role, ())) if "agent" in owner]
        return rows

    def material(self, code, signed_by):
        pages = PAGES.get(code, 1)
        text = f"{code} {self.count} {self.random.random()}"
        row = {"code": code, "name": MATERIAL_NAMES[code], "pages": pages, "size": pages * 180_000,
               "mime": "application/pdf", "sm3": hashlib.new("sm3", text.encode()).hexdigest()}
        if signed_by:
            row["signed_by"] = list(signed_by)
        return row
