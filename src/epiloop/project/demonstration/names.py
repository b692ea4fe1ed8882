"""Composed names. A surname by its frequency and one or two characters for the given name, at random.

Surnames of the county's own peoples (Dong, Miao, Zhuang, Yao) follow local frequencies, others the national ones;
a few people have the longer names of other peoples. Characters that would easily compose the name of somebody in
office are left out.
"""

from dataclasses import dataclass

import numpy as np

from epiloop.project.demonstration.columns import Floats, Ints, Texts, drawn

NATIONS = ("侗族", "苗族", "汉族", "壮族", "瑶族", "维吾尔族", "藏族", "彝族")
NATION_WEIGHTS = np.array([57.0, 18.5, 14.0, 5.5, 4.0, 0.4, 0.3, 0.3])
FIRST_LONG = NATIONS.index("维吾尔族")

_LOCAL = (
    "杨 152 吴 148 石 72 梁 58 龙 41 陆 38 莫 31 欧 30 潘 29 韦 52 覃 47 粟 26 曹 24 侯 22 荣 18 谢 17 罗 24 李 46 "
    "廖 15 蒙 14 黄 38 陈 26 张 18 王 16 周 14 何 14 贾 11 伍 10 滚 9 银 8 公 3 贝 3 闭 2 农 12 蓝 11 盘 14 邓 12 赵 9 "
    "蒋 8 余 6 甘 6 向 5 姚 9 唐 9 胡 5 刘 12 林 5 徐 3 孟 4 全 3 补 2 奉 4"
)
_NATIONAL = (
    "王 717 李 701 张 674 刘 510 陈 461 杨 318 黄 230 赵 229 吴 205 周 188 徐 147 孙 140 马 129 朱 124 胡 119 郭 116 "
    "何 111 林 110 罗 106 高 103 郑 97 梁 96 谢 87 宋 84 唐 81 许 80 韩 79 邓 76 冯 75 曹 74 彭 72 曾 71 肖 68 田 67 "
    "董 65 潘 60 袁 59 蔡 58 蒋 58 余 57 于 56 杜 54 叶 53 程 52 魏 51 苏 50 吕 49 丁 47 任 47 卢 46 姚 45 沈 45 钟 43 "
    "姜 42 崔 42 谭 41 陆 41 范 40 汪 39 廖 39 石 37 金 36 韦 36 贾 35 夏 34 付 33 方 33 邹 32 熊 31 白 31 孟 30 秦 30 "
    "邱 29 侯 28 江 27 尹 27 薛 26 闫 25 段 24 雷 24 龙 23 黎 23 史 22 陶 22 贺 21 毛 20 郝 20 顾 20 龚 19 邵 19 万 19 "
    "覃 19 武 18 钱 18 戴 18 严 17 莫 17 孔 16 向 16 欧阳 9 上官 1 司徒 1 诸葛 1"
)
_MEN = (
    "文华明志国建军伟勇刚峰磊涵宇轩浩然俊杰子豪博睿晨阳嘉诚世昌永"
    "福德光荣海龙飞云山川林森立新学良正义承宗启航家兴万里庆丰先进"
)
_WOMEN = (
    "秀英芳丽娟敏静雅婷梅玲燕红霞慧娜莉雪琴月桂花香妹莲凤珍珠玉"
    "洁思雨欣怡梓涵诗琪佳颖语嫣若曦美娇彩云小满春晓秋菊艳群素贞"
)
_UYGHUR_MEN = ["买买提", "吐尔逊", "艾合买提", "阿卜杜拉", "热合曼", "卡德尔", "玉素甫", "亚森"]
_UYGHUR_WOMEN = ["阿依古丽", "帕提古丽", "热依汗", "古丽巴哈尔", "阿孜古丽", "米日古丽", "祖丽娅", "热娜"]
_TIBETAN = [
    "扎西",
    "次仁",
    "多吉",
    "旺堆",
    "平措",
    "洛桑",
    "格桑",
    "达娃",
    "尼玛",
    "边巴",
    "巴桑",
    "拉姆",
    "卓玛",
    "央金",
    "德吉",
    "白玛",
]
_YI_CLANS = ["阿西", "吉克", "沙马", "阿育", "海来", "曲比", "吉木", "阿尔"]
_YI_GIVEN = ["木呷", "阿呷", "尔古", "拉铁", "子嫫", "伍牛", "阿芝", "乌果"]


@dataclass(frozen=True, slots=True)
class Surnames:
    """Surnames with their frequencies."""

    words: Texts
    weights: Floats


def _table(text: str) -> Surnames:
    parts = text.split()
    return Surnames(np.array(parts[::2]), np.array([float(part) for part in parts[1::2]]))


LOCAL, NATIONAL = _table(_LOCAL), _table(_NATIONAL)
_ALL = np.concatenate((LOCAL.words, NATIONAL.words))


def surnames(rng: np.random.Generator, nation: Ints) -> Ints:
    """For each nation drawn a surname of its people, as an index for `full_names`."""
    local = drawn(rng, LOCAL.weights, len(nation))
    national = len(LOCAL.words) + drawn(rng, NATIONAL.weights, len(nation))
    han = nation == NATIONS.index("汉族")
    return np.where(han, national, local)


def surname_words(index: Ints) -> Texts:
    """The surnames behind the indexes."""
    return _ALL[index]


def full_names(rng: np.random.Generator, surname: Ints, sex: Ints, nation: Ints) -> Texts:
    """A name for each person: surname and given name, or a longer one for the peoples that have those."""
    size = len(surname)
    men, women = np.array(list(_MEN)), np.array(list(_WOMEN))
    first = np.where(sex == 1, men[rng.integers(0, len(men), size)], women[rng.integers(0, len(women), size)])
    second = np.where(sex == 1, men[rng.integers(0, len(men), size)], women[rng.integers(0, len(women), size)])
    second = np.where(rng.random(size) < 0.14, "", second)
    names = np.strings.add(np.strings.add(_ALL[surname], first), second).astype("U16")
    long = np.flatnonzero(nation >= FIRST_LONG)
    names[long] = [_long_name(rng, NATIONS[nation[index]], int(sex[index])) for index in long]
    return names


def _long_name(rng: np.random.Generator, nation: str, sex: int) -> str:
    def one(words: list[str]) -> str:
        return words[int(rng.integers(0, len(words)))]

    if nation == "维吾尔族":
        return f"{one(_UYGHUR_MEN if sex == 1 else _UYGHUR_WOMEN)}·{one(_UYGHUR_MEN)}"
    if nation == "彝族":
        return one(_YI_CLANS) + one(_YI_GIVEN)
    return one(_TIBETAN) + one(_TIBETAN)
