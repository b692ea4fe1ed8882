"""Kinds of unit: how many there are, how big they are, which zones they have and which key posts their staff hold.

Key posts are the words of `epiloop.rules.vocabulary.KEY_POSTS`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitKind:
    """One kind of unit.

    `per` people there is one (at least `least` in the county, or one in every township if `everywhere`); its staff is
    drawn log-normally around `staff` with `spread`, so a few are much larger than most. `guests` are people present
    besides staff, for each of the staff. `posts` are shares of the staff that hold a key post. `zones` are
    (word, Chinese name, share of the capacity).
    """

    key: str
    zh: str
    per: int
    staff: float
    spread: float
    guests: float
    occupation: str
    zones: tuple[tuple[str, str, float], ...] = (("whole", "全部区域", 1.0),)
    posts: tuple[tuple[str, float], ...] = ()
    least: int = 1
    everywhere: bool = False
    urban: float = 0.7
    """The share of these units that stand in towns."""

    @property
    def en(self) -> str:
        """Its English name: "primary-school" is "Primary School"."""
        return self.key.replace("-", " ").title()


_SHOP = (("hall", "营业区", 0.9), ("storage", "库房", 0.1))
_SCHOOL = (("classrooms", "教学楼", 0.7), ("canteen", "食堂", 0.2), ("sports-ground", "操场", 0.1))
_BOARDING = (*_SCHOOL[:2], ("dormitory", "宿舍", 0.1))
_LINE = (("workshop", "车间", 0.75), ("canteen", "食堂", 0.15), ("warehouse", "仓库", 0.1))

KINDS: tuple[UnitKind, ...] = (
    UnitKind("kindergarten", "幼儿园", 2_500, 14, 0.5, 9, "teacher", _SCHOOL, everywhere=True, urban=0.5),
    UnitKind("primary-school", "小学", 5_000, 24, 0.6, 15, "teacher", _SCHOOL, everywhere=True, urban=0.4),
    UnitKind("middle-school", "初级中学", 15_000, 55, 0.5, 13, "teacher", _BOARDING, everywhere=True, urban=0.6),
    UnitKind("high-school", "高级中学", 60_000, 140, 0.4, 12, "teacher", _BOARDING, urban=1.0),
    UnitKind(
        "hospital", "医院", 80_000, 420, 0.6, 1.5, "medical",
        (("outpatient", "门诊大厅", 0.5), ("fever-clinic", "发热门诊", 0.05), ("ward", "病区", 0.45)),
        (("medical-staff", 0.95), ("medical-waste", 0.05)), urban=1.0,
    ),
    UnitKind(
        "health-centre", "卫生院", 20_000, 30, 0.4, 1.0, "medical",
        (("outpatient", "门诊", 0.7), ("ward", "病区", 0.3)), (("medical-staff", 1.0),), everywhere=True, urban=1.0,
    ),
    UnitKind("laboratory", "检验检测中心", 200_000, 45, 0.4, 0.0, "medical",
             (("laboratory", "实验区", 1.0),), (("medical-staff", 1.0),), urban=1.0),
    UnitKind("pharmacy", "药房", 4_000, 4, 0.5, 2, "service", _SHOP, (("pharmacy", 1.0),)),
    UnitKind(
        "isolation-site", "集中隔离点", 40_000, 28, 0.4, 3, "medical",
        (("clean", "清洁区", 0.2), ("buffer", "缓冲区", 0.1), ("isolation", "隔离区", 0.7)),
        (("isolation-site-staff", 1.0),), least=2, urban=1.0,
    ),
    UnitKind(
        "market", "农贸市场", 12_000, 40, 0.7, 8, "service",
        (("produce", "蔬果区", 0.5), ("meat", "肉类区", 0.3), ("frozen", "冷冻食品区", 0.2)),
        (("market", 0.9), ("imported-cold-chain", 0.1)), everywhere=True,
    ),
    UnitKind("supermarket", "超市", 1_800, 12, 0.9, 6, "service", _SHOP, (("mall-supermarket", 1.0),)),
    UnitKind("restaurant", "餐馆", 500, 5, 0.7, 8, "service",
             (("dining", "就餐区", 0.8), ("kitchen", "后厨", 0.2)), (("small-eatery", 0.7), ("hotel-restaurant", 0.3))),
    UnitKind("hotel", "宾馆", 4_000, 12, 0.8, 4, "service",
             (("lobby", "大堂", 0.2), ("rooms", "客房", 0.8)), (("hotel-restaurant", 1.0),)),
    UnitKind("factory", "工厂", 1_700, 55, 1.2, 0.0, "worker", _LINE,
             (("industry-frontline", 0.2), ("other-industry", 0.8)), least=3),
    UnitKind("imported-goods-works", "进口原料加工厂", 90_000, 60, 0.6, 0.0, "worker", _LINE,
             (("imported-goods", 0.4), ("other-industry", 0.6))),
    UnitKind("building-site", "建筑工地", 6_000, 35, 0.8, 0.0, "worker",
             (("site", "作业区", 0.7), ("lodging", "生活区", 0.3)), (("building-site", 1.0),)),
    UnitKind("parcel-depot", "快递网点", 4_000, 9, 0.8, 1, "driver",
             (("sorting", "分拣区", 0.8), ("counter", "取件处", 0.2)),
             (("domestic-parcels", 0.9), ("imported-parcels", 0.1))),
    UnitKind("cold-store", "冷库", 30_000, 14, 0.7, 0.0, "worker",
             (("cold-room", "冷冻间", 0.8), ("loading-bay", "装卸区", 0.2)),
             (("imported-cold-chain", 0.4), ("domestic-cold-store", 0.6))),
    UnitKind("central-warehouse", "集中监管仓", 250_000, 40, 0.4, 0.0, "worker",
             (("cold-room", "冷冻间", 0.7), ("loading-bay", "装卸区", 0.3)), (("central-warehouse", 1.0),), urban=1.0),
    UnitKind("care-home", "养老院", 15_000, 14, 0.6, 4, "service",
             (("rooms", "居住区", 0.8), ("canteen", "餐厅", 0.2)), (("care-home", 1.0),)),
    UnitKind("bus-company", "公交公司", 100_000, 90, 0.6, 10, "driver",
             (("buses", "车辆", 0.8), ("station", "场站", 0.2)), (("passenger-transport", 1.0),), urban=1.0),
    UnitKind("haulier", "货运公司", 14_000, 16, 0.9, 0.0, "driver",
             (("yard", "停车场", 1.0),), (("lorry-driver", 0.8), ("cold-chain-driver", 0.1))),
    UnitKind("railway-station", "火车站", 300_000, 60, 0.4, 12, "worker",
             (("hall", "候车厅", 0.7), ("platform", "站台", 0.3)), (("railway-station", 1.0),), urban=1.0),
    UnitKind("motorway-services", "高速公路服务区", 150_000, 35, 0.4, 8, "service", _SHOP,
             (("motorway-services", 1.0),), urban=0.2),
    UnitKind("filling-station", "加油站", 14_000, 7, 0.4, 3, "service", _SHOP, (("roadside-trade", 1.0),), urban=0.3),
    UnitKind("hairdresser", "美容美发店", 3_000, 3, 0.4, 2, "service", _SHOP, (("beauty", 1.0),)),
    UnitKind("bath-house", "洗浴中心", 25_000, 10, 0.5, 5, "service", _SHOP, (("bath", 1.0),), urban=1.0),
    UnitKind("leisure-venue", "棋牌娱乐室", 6_000, 5, 0.6, 8, "service", _SHOP, (("leisure-venue", 1.0),)),
    UnitKind("cinema", "影剧院", 60_000, 14, 0.5, 15, "service", _SHOP, (("culture-venue", 1.0),), urban=1.0),
    UnitKind("trading-firm", "商贸公司", 1_500, 9, 0.9, 0.5, "worker", _SHOP, (("trading-firm", 1.0),)),
    UnitKind("street-cleaning", "环卫所", 50_000, 70, 0.5, 0.0, "worker",
             (("depot", "作业点", 1.0),), (("street-cleaning", 1.0),)),
    UnitKind("office", "机关事业单位", 1_300, 28, 0.7, 0.3, "cadre",
             (("offices", "办公区", 0.8), ("counter", "办事大厅", 0.2)), everywhere=True, urban=0.9),
    UnitKind("prison", "监所", 200_000, 90, 0.3, 5, "cadre", (("cells", "监区", 0.8), ("offices", "办公区", 0.2)),
             (("prison", 1.0),), urban=0.0),
)  # fmt: skip
INDEX = {kind.key: index for index, kind in enumerate(KINDS)}

OCCUPATIONS: tuple[tuple[str, str], ...] = (
    ("infant", "散居儿童"),
    ("kindergarten-child", "幼托儿童"),
    ("pupil", "学生"),
    ("farmer", "农民"),
    ("worker", "工人"),
    ("cadre", "干部职员"),
    ("teacher", "教师"),
    ("medical", "医务人员"),
    ("service", "商业服务"),
    ("driver", "司乘及快递人员"),
    ("migrant", "外出务工"),
    ("self-employed", "个体经营"),
    ("home", "家务及待业"),
    ("retired", "离退休人员"),
)
"""(word, Chinese name); a person's occupation is an index into this."""
OCCUPATION = {key: index for index, (key, _) in enumerate(OCCUPATIONS)}
