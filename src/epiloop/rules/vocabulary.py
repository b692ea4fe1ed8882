"""The closed list of words a rulebook may use: facts and their values, statuses, duties, posts.

A word that is not here is refused with its file and line. Titles are (English, Chinese): what users see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

type_names = frozenset({"str", "int", "float", "bool", "date", "instant", "uuid"})
"""What a fact's value may be; a tuple of words in place of a type name is a closed choice."""

ValueType = str | tuple[str, ...]

SAMPLE_KINDS = ("single", "pool", "antigen")
OUTCOMES = ("negative", "positive", "invalid")
CLASSIFICATIONS = ("suspected", "probable", "confirmed", "asymptomatic")
ASSISTANCE = ("control-contacts", "whereabouts", "verify-result", "itinerary", "take-over")
RISKS = ("high", "medium", "low", "none")

FACTS: Mapping[str, Mapping[str, ValueType]] = {
    # investigation
    "contact-determined": {
        "disease": "str",
        "ring": "int",
        "last_exposure": "date",
        "case": "uuid",
        "link": "str",
        "high_risk": "bool",
    },
    "contact-withdrawn": {"disease": "str", "ring": "int", "case": "uuid", "link": "str"},
    "case-determined": {
        "disease": "str",
        "classification": CLASSIFICATIONS,
        "severity": "str",
        "onset": "date",
        "case": "uuid",
    },
    "case-discarded": {"disease": "str", "case": "uuid"},
    "confirmed-status": {"disease": "str", "confirmed": "bool"},
    "symptoms": {"onset": "date", "disease": "str", "what": "str"},
    "rash-onset": {"onset": "date"},
    "follow-up": {"symptoms": "bool", "temperature": "float", "disease": "str", "reached": "bool"},
    "outcome": {"outcome": ("recovered", "died", "transferred-out", "lost"), "disease": "str"},
    "vaccinated": {"disease": "str", "doses": "int"},
    "linked-contact-result": {"contact": "uuid", "outcome": OUTCOMES, "nth": "int"},
    "linked-contact-positive": {"contact": "uuid"},
    # isolation
    "admitted": {"stage": "str", "site": "str"},
    "transferred": {"stage": "str", "site": "str"},
    "home-unsuitable": {"reason": "str"},
    "place-chosen": {"place": ("home", "centralised")},
    "released": {"stage": "str"},
    "handed-over": {"to": "str", "outside": "bool"},
    "visited": {"ok": "bool"},
    "named-decision": {"extends_to": "date", "stage": "str", "decision": "str"},
    # screening
    "sample-taken": {"sample": "str", "kind": SAMPLE_KINDS},
    "result": {"sample": "str", "outcome": OUTCOMES, "ct": "float", "kind": SAMPLE_KINDS},
    # arrivals
    "arrived": {
        "origin_risk": RISKS,
        "left": "date",
        "from": "str",
        "inter_province": "bool",
        "from_abroad": "bool",
    },
    "departed": {"to": "str"},
    # posts (key populations)
    "post-held": {"post": "str", "since": "date"},
    "post-left": {"post": "str"},
    "shift-block-ended": {"post": "str", "last_day": "date"},
    # places and areas
    "area-level": {"area": "str", "level": ("high", "medium", "low", "none", "lockdown", "control", "precaution")},
    "area-infection": {"area": "str", "day": "date"},
    "area-round": {"area": "str", "all_negative": "bool", "day": "date"},
    # freight and custody
    "pass-issued": {"number": "str", "until": "instant"},
    "pass-refused": {"number": "str"},
    "trip-announced": {"planned": "instant"},
    "vehicle-arrived": {"origin_risk": RISKS, "last_sample": "instant", "sample_age_hours": "float"},
    "vehicle-left": {"to": "str"},
    "met-at-checkpoint": {"by": "str"},
    "trip-followed": {"by": "str"},
    "lodged": {"where": "str"},
    "seen-off": {"by": "str"},
    "consignment-arrived": {"cold_chain": "bool", "imported": "bool", "warehouse": "str"},
    "disinfected": {"product": "str"},
    "batch-sampled": {"sample": "str"},
    "batch-result": {"sample": "str", "outcome": OUTCOMES},
    "rest-ended": {"hours": "float"},
    "exit-certified": {"number": "str"},
    "custody-passed": {"to": "str"},
    # outbreaks (WHO 7-1-7)
    "outbreak-detected": {"emergence": "date", "disease": "str"},
    "outbreak-notified": {"to": "str"},
    "response-completed": {"disease": "str"},
    # instructions
    "instructed": {"deadline": "instant", "line": "str"},
    "received": {"by": "str"},
    "carried-out": {"by": "str"},
    "verified": {"by": "str"},
    # requests between jurisdictions
    "assistance-asked": {"kind": ASSISTANCE, "deadline": "instant"},
    "assistance-sent": {},
    "assistance-arrived": {"kind": ASSISTANCE, "deadline": "instant"},
    "assistance-received": {},
    "assistance-answered": {"complete": "bool"},
    "assistance-refused": {},
    "assistance-closed": {"outcome": ("done", "withdrawn")},
}
"""Fact kind -> its values. Every value may be absent; a `where` on an absent value does not match."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a subject may do, and how strict that is (0 free ... 90 hospital)."""

    strictness: int
    en: str
    zh: str


STATUSES: Mapping[str, Status] = {
    "free": Status(0, "No restriction", "无管控"),
    "health-notice": Status(5, "Asked to watch own health", "自我健康监测提示"),
    "self-monitoring": Status(10, "Self-monitoring", "自我健康监测"),
    "follow-up": Status(20, "Under daily follow-up", "每日随访"),
    "on-trip": Status(25, "On a closed-loop trip", "闭环运输"),
    "home-monitoring": Status(30, "Home monitoring", "居家健康监测"),
    "closed-loop-work": Status(35, "Closed-loop work", "闭环作业"),
    "awaiting-result": Status(40, "Waiting for a result", "等待检测结果"),
    "home-isolation": Status(50, "Home isolation", "居家隔离医学观察"),
    "held": Status(55, "Held (goods or vehicle)", "暂存待放行"),
    "centralised-isolation": Status(60, "Centralised isolation", "集中隔离医学观察"),
    "isolation": Status(70, "Isolation in a health facility", "医疗机构隔离"),
    "shelter": Status(80, "Shelter hospital", "方舱医院隔离治疗"),
    "hospital": Status(90, "Hospital isolation", "定点医院隔离治疗"),
    "area-low": Status(2, "Low-risk area", "低风险区"),
    "area-medium": Status(45, "Medium-risk area", "中风险区"),
    "area-high": Status(65, "High-risk area", "高风险区"),
    "area-precaution": Status(15, "Precaution area", "防范区"),
    "area-control": Status(46, "Control area", "管控区"),
    "area-lockdown": Status(66, "Lockdown area", "封控区"),
}


@dataclass(frozen=True, slots=True)
class DutyKind:
    """A kind of duty: its titles, the fact that fulfils it unless the rule names another, and whether it can be late.

    `lapses`: a missed one is not made up for later (yesterday's follow-up); it ends a day after its due instant.
    """

    en: str
    zh: str
    evidence: str
    where: Mapping[str, object] = field(default_factory=dict)
    lapses: bool = False


DUTIES: Mapping[str, DutyKind] = {
    "sample": DutyKind("Nucleic acid sample", "核酸采样", "sample-taken", {"kind": {"not": "antigen"}}),
    "antigen": DutyKind("Antigen test", "抗原检测", "sample-taken", {"kind": "antigen"}),
    "result": DutyKind("Give back the result", "反馈检测结果", "result"),
    "transfer": DutyKind("Transfer to isolation", "转运隔离", "admitted"),
    "follow-up": DutyKind("Daily follow-up", "每日随访", "follow-up", lapses=True),
    "visit": DutyKind("Home visit", "上门走访", "visited", lapses=True),
    "hand-over": DutyKind("Hand over to the community", "移交社区", "handed-over"),
    "release": DutyKind("Release", "解除管控", "released"),
    "vaccinate": DutyKind("Vaccination", "疫苗接种", "vaccinated"),
    "rash-check": DutyKind("Check for rash", "皮疹查看", "follow-up", lapses=True),
    "isolate": DutyKind("Isolate", "落实隔离", "admitted"),
    "meet": DutyKind("Meet at the checkpoint", "卡口接车", "met-at-checkpoint"),
    "accompany": DutyKind("Follow the trip", "全程跟踪", "trip-followed"),
    "lodge": DutyKind("See to food and bed", "食宿安排", "lodged"),
    "see-off": DutyKind("See off", "送离辖区", "seen-off"),
    "announce": DutyKind("Announce the trip", "行程报备", "trip-announced"),
    "disinfect": DutyKind("Disinfect", "消毒", "disinfected"),
    "batch-sample": DutyKind("Sample the batch", "批次采样", "batch-sampled"),
    "rest": DutyKind("Rest period", "静置", "rest-ended"),
    "certify": DutyKind("Exit certificate", "出仓证明", "exit-certified"),
    "area-round": DutyKind("Test round over the area", "区域核酸检测", "area-round"),
    "detect": DutyKind("Detect the outbreak", "发现疫情", "outbreak-detected"),
    "notify": DutyKind("Notify the outbreak", "报告疫情", "outbreak-notified"),
    "respond": DutyKind("Complete the early response", "完成早期处置", "response-completed"),
    "receive": DutyKind("Receive the instruction", "签收指令", "received"),
    "carry-out": DutyKind("Carry out the instruction", "落实指令", "carried-out"),
    "verify": DutyKind("Verify", "核实办结", "verified"),
    "send-request": DutyKind("Send the request", "发出协查函", "assistance-sent"),
    "get-receipt": DutyKind("See that the request is received", "催收协查回执", "assistance-received"),
    "get-answer": DutyKind(
        "See that the request is answered", "催办协查反馈", "assistance-answered", {"complete": True}
    ),
    "settle-refusal": DutyKind("Settle what was refused", "处置被退回的协查", "assistance-closed"),
    "close-request": DutyKind("Check the answer and close the request", "核对反馈并办结协查", "assistance-closed"),
    "receive-request": DutyKind("Receive the request", "签收协查函", "assistance-received"),
    "answer-request": DutyKind("Answer the request", "反馈协查结果", "assistance-answered", {"complete": True}),
}

POSTS: Mapping[str, tuple[str, str]] = {
    "headquarters-duty-officer": ("Headquarters duty officer", "指挥部值班员"),
    "township-duty-officer": ("Township duty officer", "乡镇（街道）值班员"),
    "community-secretary": ("Community secretary", "村（社区）书记"),
    "community-health-worker": ("Community health worker", "社区卫生人员"),
    "grid-worker": ("Grid worker", "网格员"),
    "village-doctor": ("Village doctor", "村医"),
    "sampling-station": ("Sampling station", "采样点"),
    "laboratory": ("Laboratory", "检测机构"),
    "isolation-site-manager": ("Manager of the isolation site", "隔离点负责人"),
    "transfer-team": ("Transfer team", "转运专班"),
    "investigator": ("Investigator", "流调人员"),
    "trace-approver": ("Approver of contact searches", "密接排查审批员"),
    "disease-control-duty-officer": ("Disease control duty officer", "疾控中心值班员"),
    "hospital-infection-officer": ("Hospital infection officer", "医院感控负责人"),
    "vaccination-clinic": ("Vaccination clinic", "预防接种门诊"),
    "checkpoint-officer": ("Checkpoint officer", "卡口执勤人员"),
    "transport-officer": ("Transport officer", "交通运输专班"),
    "market-officer": ("Market supervision officer", "市场监管人员"),
    "industry-officer": ("Industry supervision officer", "行业主管部门负责人"),
    "warehouse-manager": ("Manager of the central warehouse", "集中监管仓负责人"),
    "unit-epidemic-officer": ("Epidemic officer of the unit", "单位疫情防控负责人"),
    "shipper": ("Shipper", "发货单位"),
    "consignee": ("Consignee", "收货单位"),
    "haulier": ("Haulier", "运输企业"),
    "self": ("The person", "本人"),
    "driver": ("The driver", "驾驶员"),
}
"""Posts that can own a duty (责任人)."""

KEY_POSTS: Mapping[str, tuple[str, str]] = {
    "isolation-site-staff": ("Staff of centralised isolation sites", "集中隔离场所工作人员"),
    "medical-staff": ("Staff of medical institutions", "医疗机构工作人员"),
    "medical-waste": ("Medical-waste handling", "医疗废物处置人员"),
    "airport-port": ("Airport port of entry", "机场口岸工作人员"),
    "inbound-contact": (
        "In direct contact with inbound people, goods, environment",
        "直接接触入境人员、物品、环境人员",
    ),
    "dense-mobile-trade": ("Dense and mobile trades", "人员密集、流动性强行业人员"),
    "central-warehouse": ("Central warehouses", "集中监管仓工作人员"),
    "imported-cold-chain": ("Imported cold-chain and imported fruit workers", "进口冷链、进口水果从业人员"),
    "key-goods-transfer": ("Transfer stations for key goods", "重点物资中转站工作人员"),
    "imported-goods": ("Staff touching imported goods", "接触进口物品人员"),
    "imported-parcels": ("International or risk-area parcel handlers", "国际及风险地区邮件快件人员"),
    "railway-station": ("Railway station staff", "铁路车站工作人员"),
    "lorry-driver": ("Lorry drivers", "货车司机"),
    "cold-chain-driver": ("Imported cold-chain drivers", "进口冷链司机"),
    "roadside-trade": ("Trades along national and provincial roads", "国省道沿线经营场所人员"),
    "in-patient": ("In-patients and companions", "住院患者及陪护"),
    "passenger-transport": ("Bus, coach, taxi and station staff", "客运司乘及场站人员"),
    "motorway-services": ("Motorway services and toll stations", "高速服务区、收费站人员"),
    "rail-transit": ("Rail transit", "轨道交通工作人员"),
    "domestic-parcels": ("Domestic parcel staff", "国内邮件快件人员"),
    "pharmacy": ("Pharmacies", "药店从业人员"),
    "food-courier": ("Food couriers", "外卖配送员"),
    "market": ("Markets", "农贸市场从业人员"),
    "small-eatery": ("Small eateries and food workshops", "小餐饮、食品小作坊人员"),
    "industry-frontline": ("Industrial drivers, loaders, cleaners, guards, canteen, sales", "工业企业重点岗位人员"),
    "hotel-restaurant": ("Hotels and restaurants", "宾馆、餐饮从业人员"),
    "mall-supermarket": ("Malls and supermarkets", "商场、超市从业人员"),
    "culture-venue": ("Museums, libraries, theatres, cinemas, internet cafés", "文化娱乐场所人员"),
    "leisure-venue": ("Bars, chess rooms, gyms", "酒吧、棋牌室、健身场所人员"),
    "bath": ("Baths", "洗浴场所人员"),
    "prison": ("Prisons", "监所人员"),
    "street-cleaning": ("Street cleaning", "环卫人员"),
    "building-site": ("Building sites", "建筑工地人员"),
    "other-industry": ("Other industry", "其他工业企业人员"),
    "care-home": ("Care homes", "养老机构人员"),
    "beauty": ("Beauty", "美容美发人员"),
    "trading-firm": ("Trading firms", "商贸企业人员"),
    "domestic-cold-store": ("Domestic cold stores", "国内冷库人员"),
    "closed-loop-high-risk": ("Closed-loop high-risk posts", "闭环管理高风险岗位人员"),
}
"""Posts that a person holds and that a rule looks at (重点人群), as values of `post-held`."""

PARTIES: Mapping[str, tuple[str, str]] = {
    "territory": ("Territory", "属地责任"),
    "department": ("Department", "部门责任"),
    "employer": ("Employer", "单位责任"),
    "individual": ("Individual", "个人责任"),
}
