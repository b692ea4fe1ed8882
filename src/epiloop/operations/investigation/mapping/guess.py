"""A first mapping from headings alone, so that a person only corrects; and the signature by which it is remembered."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from epiloop.operations.investigation.mapping.declared import CASE_FIELDS, CONTACT_FIELDS, Field, Source
from epiloop.operations.investigation.mapping.declared import Mapping as Declared

CASE_HEADINGS: Mapping[str, str] = {
    "id": "id, case id, caseid, case no, case number, no, number, patient id, uid, 编号, 序号, 病例编号, 病例号",
    "name": "name, full name, patient name, 姓名, 患者姓名",
    "phone": "phone, telephone, mobile, phone number, 电话, 手机, 联系电话, 手机号, 联系方式",
    "document": "id card, passport, document, document number, national id, 身份证, 身份证号, 证件号, 证件号码",
    "address": "address, home address, 住址, 现住址, 家庭住址, 地址, 现住地址",
    "sex": "sex, gender, 性别",
    "age": "age, age years, 年龄",
    "birth_date": "birth date, date of birth, dob, birthday, 出生日期",
    "birth_year": "birth year, year of birth, 出生年份",
    "occupation": "occupation, profession, job, 职业, 人群分类",
    "residence": "residence code, 户籍地编码, 户籍地国标",
    "stay": "stay code, jurisdiction, area code, 现住地编码, 现住地址国标, 辖区编码",
    "disease": "disease, disease name, 疾病, 疾病名称, 病种",
    "classification": "classification, case classification, case status, case type, 病例分类, 分类, 诊断类型",
    "severity": "severity, clinical severity, 临床严重程度, 严重程度, 病情",
    "onset": (
        "onset, onset date, date onset, dt onset, date of onset, date onset symptoms, symptom onset, onset of symptoms,"
        " 发病日期, 发病时间, 发病日"
    ),
    "infected": (
        "date of infection, date infection, infection date, dt infect, presumed infected date, 感染日期, 感染时间"
    ),
    "diagnosed": (
        "diagnosis date, date of diagnosis, date diagnosis, dt diag, date confirmation, date confirmed,"
        " confirmation date, 诊断日期, 确诊日期, 诊断时间, 确诊时间"
    ),
    "reported": (
        "report date, date of report, date report, dt report, date reported, notification date, date of notification,"
        " 报告日期, 报告时间, 录卡日期"
    ),
    "exposure_first": "dt start exp, exposure start, first exposure, start of exposure, start source, 首次暴露日期",
    "exposure_last": (
        "dt end exp, exposure end, last exposure, end of exposure, contact based exposure, last poss exposure,"
        " exposure date, date of exposure, 末次暴露日期, 末次接触日期, 暴露日期"
    ),
    "exposure_setting": "exposure setting, setting, type of exposure, 暴露类型, 暴露场所类型",
    "imported": "imported, imported case, 是否输入, 输入病例",
    "hospital": "hospital, loc hosp, health facility, facility, 医院, 收治医院, 报告单位, 就诊医院",
    "place": "place infect, place of infection, place of exposure, 感染地点, 暴露地点",
    "longitude": "lon, long, lng, longitude, 经度",
    "latitude": "lat, latitude, 纬度",
    "outcome": "outcome, final outcome, 转归, 结局",
    "outcome_on": (
        "date of outcome, date outcome, outcome date, dt death, date of death, death date, date discharge,"
        " discharge date, 转归日期, 死亡日期, 出院日期"
    ),
    "note": "note, notes, remark, remarks, comment, comments, additional information, 备注",
}
"""Field -> headings people use for it, in English and Chinese; the first heading named is preferred."""

CONTACT_HEADINGS: Mapping[str, str] = {
    "from": "from, infector, source case, source id, index, index case, case, case id, 来源病例, 病例编号, 关联病例",
    "to": "to, infectee, contact, contact id, target, case id, id, 密接编号, 接触者编号, 编号, 密接",
    "link": "link, link id, 关联编号",
    "ring": "ring, contact level, 圈层, 密接类型",
    "first_exposure": "first exposure, first contact, 首次接触日期, 首次暴露日期",
    "last_exposure": "last exposure, last contact, date of last contact, exposure date, 末次接触日期, 末次暴露日期",
    "determined": "determined, date determined, date identified, 判定日期, 判定时间",
    "setting": "exposure, setting, type of exposure, contact type, source, 暴露类型, 接触方式, 接触场所类型",
    "relation": "relation, relationship, 关系, 与病例关系",
    "place": "place, location, 接触地点, 暴露地点",
    "note": "note, notes, remark, remarks, 备注",
    "name": "name, contact name, 姓名, 密接姓名",
    "phone": "phone, telephone, mobile, 电话, 联系电话, 手机号",
    "stay": "stay code, jurisdiction, area code, 现住地编码, 辖区编码",
}
"""The same for contact lists."""

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "/", "不详", "未知", "无"})
"""Cells that say nothing, case-folded, if nobody states otherwise."""


def guess(headings: Sequence[str], contact_headings: Sequence[str] = (), *, system: str, disease: str = "") -> Declared:
    """A mapping that reads as much of the two lists as their headings give away; people look at it before it is used.

    What cannot be guessed is left out. If no column looks like an id, the first of unknown meaning is it.
    """
    cases = _match(headings, CASE_HEADINGS, CASE_FIELDS)
    contacts = _match(contact_headings, CONTACT_HEADINGS, CONTACT_FIELDS)
    if headings:
        cases = _first_unused(headings, cases) | cases
        cases.setdefault("classification", _constant("classification", "classification", "confirmed"))
    for fields in (cases, contacts):
        if fields and disease:
            fields.setdefault("disease", _constant("disease", "word", disease))
    if contacts:
        contacts["last_exposure"] = _last_exposure(contacts.get("last_exposure"), cases)
    return Declared(system, MappingProxyType(cases), MappingProxyType(contacts), MISSING)


def signature(headings: Iterable[str], contact_headings: Iterable[str] = ()) -> str:
    """Under what a mapping is remembered: the same headings in any order and spelling of case give the same."""
    parts = ["\x1f".join(sorted(_plain(each) for each in part)) for part in (headings, contact_headings)]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:32]


def _first_unused(headings: Sequence[str], found: Mapping[str, Field]) -> dict[str, Field]:
    """The id from the first column that is nothing else: names and telephone numbers must not become open ids."""
    used = {field.sources[0].name for field in found.values()}
    unused = [heading for heading in headings if heading and heading not in used]
    return {"id": _column("id", "text", unused[0])} if unused else {}


def _match(headings: Sequence[str], words: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, Field]:
    """For each field its best heading. Every heading serves one field at most: that for which it is named earliest."""
    plain = {_plain(heading): heading for heading in headings}
    wishes = sorted(
        (rank, order, name, _plain(word))
        for order, (name, text) in enumerate(words.items())
        for rank, word in enumerate(text.split(","))
    )
    fields: dict[str, Field] = {}
    for _rank, _order, name, word in wishes:
        if name not in fields and word in plain:
            fields[name] = _column(name, kinds[name], plain.pop(word))
    return {name: fields[name] for name in words if name in fields}


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.casefold())


def _column(name: str, kind: str, heading: str) -> Field:
    return Field(name, kind, (Source("column", heading),))


def _constant(name: str, kind: str, value: str) -> Field:
    return Field(name, kind, (Source("constant", value),))


def _last_exposure(found: Field | None, cases: Mapping[str, Field]) -> Field:
    """The contact list's own column first, then what the contact's row of the case list says."""
    own = found.sources if found else ()
    other = tuple(Source("case", name) for name in ("exposure_last", "exposure_first", "infected") if name in cases)
    return Field("last_exposure", "date", own + other or (Source("source", "onset"),))
