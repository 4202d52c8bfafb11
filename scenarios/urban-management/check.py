"""Recomputes closing rate and times from the exported log, and searches what the parties received. It shares no code with the hub."""
import collections
import datetime
import functools
import json
import pathlib
import re
import statistics
import struct
import sys
import zlib

folder = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(folder.parent))
from evidence import (bytes_of, each_received, entries, entry_of, figure, lines, moment, percentile, read, report, unbase64, whole)

DATASET = 'hotline.city-cases'
# between the clock of the hub's database and that of the parties, on one machine, in ms
CLOCK = 100


def seconds(begin, end):
    first, last = (datetime.datetime.fromisoformat(text.replace('Z', '+00:00')) for text in (begin, end))
    return (last - first) / datetime.timedelta(milliseconds=1) / 1000


def same(one, other):
    return abs(one - other) < 1e-6


given, plan, shown, counted = read('given'), read('plan'), read('statistics'), read('counted')
sent, made = lines('sent'), lines('steps')
own = [one for one in entries if one.get('dataset') == DATASET]
changed = {one['id']: one for one in own if one['operation'] == 'changeRow' and one['decision'] == 'allow'}
pushes = [one for one in own if one['operation'] == 'pushRows' and one['decision'] == 'allow']
opened = sum(one['change'].get('opened', 0) for one in pushes)

# the cases and who worked on them
count = max(30, (given['people'] + 5) // 10)
days = {one['reported_day'] for one in sent}
figure('案件，天数', 'cases, days', f'{count}, 30', f'{opened}, {len(days)}',
       opened == count == plan['count'] == len(sent) == len({one['case'] for one in sent}) and len(days) == 30 == plan['days'])
acting = {one['actor']['department'] for one in own
          if one['operation'] in ('pushRows', 'changeRow') and one['decision'] == 'allow' and one['actor'].get('department')}
figure('按日志参与的部门、受托单位', 'departments, contractors that acted, by the log', '12, 5',
       f"{len(acting & set(plan['departments']))}, {len(acting & set(plan['contractors']))}",
       (len(plan['departments']), len(plan['contractors'])) == (12, 5) and acting >= {*plan['departments'], *plan['contractors']})

# each step of the parties and its entry
lost = [one for one in made if one['exchange'] not in changed or changed[one['exchange']]['change'].get('transition') != one.get('transition')]
figure('无日志记录的步骤，无步骤的日志记录', 'steps without their entry, entries without a step', '0, 0', f'{len(lost)}, {len(changed) - len(made)}',
       not lost and len(changed) == len(made) == len({one['exchange'] for one in made}) and made)
of_case = collections.defaultdict(list)
for one in made:
    of_case[one['case']].append(one)
broken = 0
for history in of_case.values():
    history.sort(key=lambda one: one['version'])
    leaves = [changed[one['exchange']] for one in history if one['exchange'] in changed]
    broken += [one['version'] for one in history] != list(range(2, len(history) + 2))
    # a step waits since the step before it; the first one since the report
    broken += any(after['change']['since'] != before['at'] for before, after in zip(leaves, leaves[1:]))
    broken += len({leaf['change']['opened'] for leaf in leaves} | {leaf['change']['since'] for leaf in leaves[:1]}) != 1
figure('日志中步骤前后不相接的案件', 'cases whose steps do not follow each other in the log', '0', broken, broken == 0 and len(of_case) == count)
# the times of the log, by the clocks of the parties: a step lies within its call, a report in a push after it was written, before the
# pushes of its day ended and before its first step
reported, arrived = {one['case']: one for one in sent}, {moment(one['at']) for one in pushes}
ended = {one['day']: one['at'] for one in lines('pushed')}
odd = 0
for one in made:
    leaf, row = changed.get(one['exchange']), reported.get(one['case'])
    if leaf is None or row is None:
        odd += 1
        continue
    begun, at = moment(leaf['change']['opened']), moment(leaf['at'])
    odd += not one['at'] - one['ms'] - CLOCK <= at <= one['at'] + CLOCK
    odd += begun not in arrived or not row['at'] - CLOCK <= begun <= min(ended.get(row['reported_day'], 0) + CLOCK, at)
figure('与各方时钟不符的日志时间', 'times of the log that differ from the clocks of the parties', '0', odd, odd == 0)

# the hub's statistics
closing_times, steps = [], collections.defaultdict(list)
for entry in changed.values():
    change = entry['change']
    step = (change['transition'], entry['actor']['department'])
    steps[step].append(seconds(change['since'], entry['at']))
    if change['transition'] == 'check':
        closing_times.append(seconds(change['opened'], entry['at']))
figure('办结率：按枢纽 = 按日志', 'closing rate by the hub = by the log', f"{shown['openedAndClosed']} of {shown['opened']}", f'{len(closing_times)} of {opened}',
       (shown['closed'], shown['opened'], shown['openedAndClosed']) == (len(closing_times), opened, len(closing_times)) and 0 < len(closing_times) < opened)
final = collections.Counter(counted['states'].values())
figure('城市管理局读到的办结案件', 'closed cases as the bureau reads them', len(closing_times), final['checked'],
       final['checked'] == len(closing_times) and sum(final.values()) == count)
figure('从反映到办结的中位数：按枢纽 = 按日志，s', 'median from report to end by the hub = by the log, s', round(shown['medianSecondsToClose'], 3), round(statistics.median(closing_times), 3),
       same(shown['medianSecondsToClose'], statistics.median(closing_times)))
table = {(one['transition'], one['department']): one for one in shown['steps']}
other = sum(
    1 for step in set(table) | set(steps)
    if step not in table or step not in steps or table[step]['made'] != len(steps[step])
    or not same(table[step]['medianSeconds'], statistics.median(steps[step])))
figure('次数或用时不符的部门步骤', 'steps of departments whose number or time differs', f'0 of {len(steps)}', other, other == 0 and len(table) == len(steps) > 0)


# places
def ring_of(code):
    text = (folder.parent / 'city' / 'districts.yaml').read_text(encoding='utf-8')
    found = re.search(rf"code: '{code}'.*coordinates: \[(\[\[.*?\]\])\]", text)
    return json.loads(found.group(1))


def contains(ring, x, y):
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def near(ring, x, y):
    """Whether a point is on the border, where it may count to both sides."""
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        dx, dy = bx - ax, by - ay
        share = max(0, min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
        if (ax + share * dx - x) ** 2 + (ay + share * dy - y) ** 2 < 1e-18:
            return True
    return False


elsewhere, of_district = 0, []
for code, found in counted['districts'].items():
    ring, found = ring_of(code), collections.Counter(found)
    of_district.append([code, len(found)])
    for one in sent:
        point = one['place']['coordinates']
        elsewhere += found[one['case']] != contains(ring, *point) and not near(ring, *point)
figure('区县与位置不符的案件', 'cases in another district than by their place', f'0 of {len(sent)}', elsewhere,
       elsewhere == 0 and sum(number for _, number in of_district) >= len(sent) > 0)

# photos: one of a report, and one of each repair of a case that has one
PNG = b'\x89PNG\r\n\x1a\n'
# how a PNG or a JPEG begins; the latter with a table, or with JFIF or EXIF
PHOTO = re.compile(re.escape(PNG) + rb'|\xff\xd8\xff(?:\xdb\0\x43|[\xe0-\xef]..(?:JFIF|Exif)\0)', re.DOTALL)
RESOLUTION = (b'pHYs', struct.pack('>IIB', 2834, 2834, 1))


def chunks_of(data):
    """Name and content of each chunk of a PNG; empty where it is none."""
    chunks, at = [], len(PNG)
    while data.startswith(PNG) and at < len(data):
        length = int.from_bytes(data[at:at + 4], 'big')
        chunks.append((data[at + 4:at + 8], data[at + 8:at + 8 + length]))
        at += length + 12
    return chunks


def unfiltered(kind, line, above):
    """A line of pixels of three bytes from its filtered bytes (PNG, 9.2)."""
    line = bytearray(line)
    for i, up in enumerate(above):
        left, corner = (line[i - 3], above[i - 3]) if i >= 3 else (0, 0)
        nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
    return bytes(line)


def pixels_of(chunks):
    """Header and lines of pixels of a photo with 8 bits of red, green and blue; none where it is no such photo."""
    try:
        header = b''.join(content for name, content in chunks if name == b'IHDR')
        data = zlib.decompress(b''.join(content for name, content in chunks if name == b'IDAT'))
        width, height, rest = struct.unpack('>II5s', header)
        size = 3 * width + 1
        lines_of = [bytes(size - 1)]
        for y in range(height):
            kind, line = data[y * size], data[y * size + 1:(y + 1) * size]
            lines_of.append(unfiltered(kind, line, lines_of[-1]) if kind else line)
        return (header, lines_of) if rest == b'\x08\x02\0\0\0' and len(data) == height * size else None
    except (zlib.error, struct.error, IndexError):
        return None


# JPEG (ITU-T T.81): markers of segments, and how far the shades of a block of 8 by 8 pixels may differ, as root mean square
TABLES, FRAME, CODES, SCAN, APPLICATION = 0xdb, 0xc0, 0xc4, 0xda, 0xe1
END = b'\xff\xd9'
SHADES = 2


def segments_of(data):
    """Marker and content of each segment of a JPEG up to its scan, then the coded scan; empty where it is none."""
    segments, at = [], 2
    while data.startswith(b'\xff\xd8') and data[at:at + 1] == b'\xff':
        length = int.from_bytes(data[at + 2:at + 4], 'big')
        segments.append((data[at + 1], data[at + 4:at + 2 + length]))
        at += 2 + length
        if segments[-1][0] == SCAN:
            return [*segments, (None, data[at:])]
    return []


def codes_of(content):
    """The Huffman tables of a segment: symbols by their codes."""
    tables = {}
    while content:
        kind, counts, content = content[0], content[1:17], content[17:]
        code, table = 0, {}
        for length, number in enumerate(counts, 1):
            for symbol in content[:number]:
                table[f'{code:0{length}b}'] = symbol
                code += 1
            content, code = content[number:], code * 2
        tables[kind] = table
    return tables


class Scan:
    """The coded bits of a scan."""

    def __init__(self, coded):
        if re.search(rb'\xff[^\0]', coded) or coded.endswith(b'\xff'):
            raise ValueError('a marker in the scan')
        self.bits, self.at = ''.join(f'{byte:08b}' for byte in coded.replace(b'\xff\0', b'\xff')), 0

    def take(self, number):
        if self.at + number > len(self.bits):
            raise ValueError('the scan ends early')
        self.at += number
        return self.bits[self.at - number:self.at]

    def symbol(self, table):
        code = ''
        while code not in table:
            code += self.take(1)
        return table[code]

    def value(self, size):
        bits = self.take(size)
        return 0 if size == 0 else int(bits, 2) - (0 if bits[0] == '1' else 2 ** size - 1)

    def block(self, first, others, steps, previous):
        """The coefficients of a block in zigzag order, and the first one before it is multiplied."""
        found, at = [0] * 64, 1
        previous += self.value(self.symbol(first))
        found[0] = previous * steps[0]
        while at < 64:
            symbol = self.symbol(others)
            if symbol == 0:
                break
            at += symbol >> 4
            found[at] = self.value(symbol & 15) * steps[at]
            at += 1
        return found, previous


@functools.lru_cache(maxsize=4096)
def coefficients_of(segments):
    """Size and blocks of a baseline JPEG, as the coefficients of their cosines; none where it is no such photo. The transform is orthonormal:
    differences of coefficients are, as squares, those of pixels."""
    try:
        steps, codes, blocks = {}, {}, []
        for marker, content in segments:
            if marker == TABLES:
                for at in range(0, len(content), 65):
                    steps[content[at]] = content[at + 1:at + 65]
            if marker == CODES:
                codes.update(codes_of(content))
        (frame,) = (content for marker, content in segments if marker == FRAME)
        (header,) = (content for marker, content in segments if marker == SCAN)
        height, width = struct.unpack('>HH', frame[1:5])
        parts = [(one[1] >> 4, one[1] & 15, steps[one[2]], codes[table[1] >> 4], codes[16 + (table[1] & 15)])
                 for one, table in zip(zip(*[iter(frame[6:])] * 3), zip(*[iter(header[1:-3])] * 2))]
        across, down = (8 * max(part[i] for part in parts) for i in (0, 1))
        coded = segments[-1][1]
        if not coded.endswith(END) or frame[0] != 8:
            return None
        scan, previous = Scan(coded[:-2]), [0] * len(parts)
        for _ in range(-(-width // across) * -(-height // down)):
            for i, (wide, high, *tables) in enumerate(parts):
                for _ in range(wide * high):
                    found, previous[i] = scan.block(tables[1], tables[2], tables[0], previous[i])
                    blocks.append(found)
        # the last byte is filled
        return (width, height, [part[:2] for part in parts], blocks) if len(scan.bits) - scan.at < 8 else None
    except (ValueError, KeyError, IndexError, struct.error):
        return None


def is_near(one, other):
    """Whether two photos have the same size, and shades that differ little in each block."""
    return (one is not None and other is not None and one[:3] == other[:3]
            and all(sum((a - b) ** 2 for a, b in zip(*blocks)) <= 64 * SHADES ** 2 for blocks in zip(one[3], other[3])))


def exif_of(data):
    """Description and position (longitude, latitude) in the EXIF of a JPEG; none where it has no such."""
    for marker, content in segments_of(data):
        if marker == APPLICATION and content.startswith(b'Exif\0\0'):
            tiff = content[6:]
            order = 'little' if tiff[:2] == b'II' else 'big'

            def number(at, size=4):
                return int.from_bytes(tiff[at:at + size], order)

            def directory(at):
                # of each tag its name, type, number of values, and the place of these where they have more than four bytes
                tags = [at + 2 + 12 * i for i in range(number(at, 2))]
                return {number(tag, 2): (number(tag + 4), number(tag + 8)) for tag in tags}

            def angle(tag):
                parts = [number(tag[1] + 8 * i) / number(tag[1] + 8 * i + 4) for i in range(3)]
                return parts[0] + parts[1] / 60 + parts[2] / 3600

            main = directory(number(4))
            if 0x010e in main and 0x8825 in main:
                length, at = main[0x010e]
                position = directory(main[0x8825][1])
                return tiff[at:at + length].rstrip(b'\0'), (angle(position[4]), angle(position[2]))
    return None


def reveals(data, one):
    """Whether the metadata of a photo have the phone of the reporter, and those of a JPEG also the position of the home."""
    if data.startswith(PNG):
        return (b'tEXt', b'Author\0' + one['phone'].encode()) in chunks_of(data)
    found = exif_of(data)
    return found is not None and found[0] == one['phone'].encode() and all(abs(a - b) < 1e-6 for a, b in zip(found[1], one['home']))


def is_plain(data, original):
    """Whether a photo has the pixels of the uploaded one, and nothing that could describe it. The hub writes each photo anew: a PNG with 72 dpi, a
    JPEG with other tables, so that its shades differ a little."""
    segments = tuple(segments_of(data))
    if segments:
        bare = [one for one in segments_of(original) if one[0] != APPLICATION]
        return (all(marker in (TABLES, FRAME, CODES, SCAN, None) for marker, _ in segments)
                and is_near(coefficients_of(segments), coefficients_of(tuple(bare))))
    chunks = chunks_of(data)
    pixels = pixels_of(chunks)
    return (all(name in (b'IHDR', b'IDAT', b'IEND') or (name, content) == RESOLUTION for name, content in chunks)
            and chunks[-1:] == [(b'IEND', b'')] and pixels is not None and pixels == pixels_of(chunks_of(original)))


uploaded = {one['attachment']: unbase64(one['body']) for one in lines('sent-photos')}
photo_of = {one['case']: one['photo'] for one in sent if one['photo']}
# each handler fetches the photo of each case that it is assigned, the bureau that of each repair that it checks
due = collections.defaultdict(list)
for one in made:
    if one['transition'] == 'assign' and one['case'] in photo_of:
        due[one['to']].append(photo_of[one['case']])
inspected = sum(one['transition'] in ('check', 'return') and one['case'] in photo_of for one in made)
repairs = set(uploaded) - set(photo_of.values())
downloads = {one['id']: one for one in own if one['operation'] == 'downloadAttachment' and one['decision'] == 'allow'}


def fetched(name):
    """Photos that a party must have received, and those that it received as they must be."""
    good = set()
    for one in each_received(name):
        entry = downloads.get(one['exchange'])
        if entry is not None and is_plain(one['body'], uploaded.get(entry['change']['attachment'], b'')):
            good.add(entry['change']['attachment'])
    if name == 'urban-management':
        return inspected, len(good & repairs)
    return len(due[name]), len(good & set(due[name]))


# what contractors and departments received
handlers = [name for name in plan['departments'] if name not in ('hotline', 'urban-management')]
phones, reporters = {one['phone'].encode() for one in sent}, {one['reporter'] for one in sent}
cases = {one['case'].encode() for one in sent}
assigned_to = collections.defaultdict(set)
for one in made:
    if one['transition'] == 'assign':
        assigned_to[one['to']].add(one['case'].encode())
for zh, text, names in (('受托单位', 'contractors', plan['contractors']), ('部门', 'departments', [*handlers, 'urban-management'])):
    bodies = {name: bytes_of(each_received(name)) for name in names}
    got = b'\n'.join(bodies.values())
    # the agreement occurs only in receipts, so finding it shows that receipts were decoded and searched
    is_searched = all(f'"agreement":"agr-cases-{name}"'.encode() in bodies[name] for name in names)
    found = phones & set(re.findall(rb'(?=(154\d{8}))', got))
    figure(f'{zh}收到的字节中反映人的电话', f'phones of reporters in the bytes of {text}', f'0 of {len(phones)}', len(found),
           not found and len(phones) == len(sent) and is_searched)
    # a name may be shared, and it may be a part of a longer text
    runs = '\n'.join(set(re.findall('[\u4e00-\u9fff]+', got.decode('utf-8', 'ignore'))))
    found = [name for name in reporters if name in runs]
    figure(f'{zh}收到的字节中反映人的姓名', f'names of reporters in the bytes of {text}', f'0 of {len(reporters)}', len(found),
           not found and reporters and all(map(len, reporters)) and is_searched)
    assigned = cases & set(re.findall(rb'AJ-\d{6}', got))
    figure(f'{zh}收到的字节中的案件', f'cases in the bytes of {text}', '> 0', len(assigned), assigned)
    foreign = sum(len(cases & set(re.findall(rb'AJ-\d{6}', bodies[name])) - assigned_to[name]) for name in names if name != 'urban-management')
    figure(f'{zh}收到的字节中他人的案件', f'cases of others in the bytes of {text}', '0', foreign, foreign == 0 and assigned_to)
    wanted, good = (sum(numbers) for numbers in zip(*map(fetched, names)))
    figure(f'{zh}收到的照片，像素与上传一致且无元数据', f'photos that {text} received, with the uploaded pixels and no metadata', wanted, good,
           good == wanted == len(PHOTO.findall(got)) > 0)
control = sum(reveals(uploaded.get(one['photo'], b''), one) for one in sent if one['photo'])
kinds = {one.startswith(PNG) for one in uploaded.values()}
figure('上传的照片，元数据含电话的', 'uploaded photos whose metadata has the phone', len(photo_of), control,
       control == len(photo_of) > 0 and kinds == {True, False})

refusals = {
    'its phone': 'field_not_granted', 'who has this phone': 'filter_not_granted', 'cases by phone': 'sort_not_granted',
    'earlier versions': 'delivery_not_agreed', 'photo of another': 'attachment_unknown', 'change of another': 'row_unknown',
    'another phone': 'row_field_not_yours', 'own check': 'row_transition_not_allowed',
}
EMPTY = 'case of another'


def is_refused(one):
    """Whether a forbidden question was refused, by the received bytes and by the log; of a case of another there are no rows."""
    entry, body = entry_of(one), json.loads(one['body'])
    if one['asked'] == EMPTY:
        return one['status'] == 200 and body['records'] == [] and entry.get('rows', {}).get('delivered') == 0
    code = refusals[one['asked']]
    return 400 <= one['status'] < 500 and body['code'] == code == entry.get('code') and entry['decision'] == 'deny'


answers = [(name, one) for name in plan['contractors'] for one in each_received(name)]
# a call that ran into a time limit of the database was repeated
probes = [(name, one) for name, one in answers if 'asked' in one and one['status'] < 500]
good = {(name, one['asked']) for name, one in probes if is_refused(one)}
others = sum(400 <= one['status'] < 500 and 'asked' not in one for _, one in answers)
wanted = 5 * len([*refusals, EMPTY])
figure('受托单位无权提出且被拒绝的请求，按收到的字节和日志', 'forbidden questions of contractors that were refused, by bytes and log', wanted, len(good),
       len(good) == len(probes) == wanted and others == 0)

# speed of contractors' steps, measured in turns with rows of a dataset without cases
written = [one['ms'] for one in made if one['party'] in plan['contractors'] and one['transition'] == 'finish']
plain = [one['ms'] for one in lines('callbacks')]
above, below = percentile(written, 0.95), percentile(plain, 0.95)
ratio = above / below
figure('受托单位步骤 ÷ 普通行，p95', "contractors' steps ÷ plain rows, p95", '≤ 1.3',
       f'{ratio:.2f} ({whole(above)} ms of {len(written)}, {whole(below)} ms of {len(plain)})', ratio <= 1.3 and len(plain) >= len(written) > 0)

by_day, repaired = collections.Counter(), collections.Counter()
for one in made:
    by_day[one['day']] += one['transition'] == 'check'
    repaired[one['party']] += one['transition'] == 'finish'
report([
    {'title': '每天办结的案件 / cases closed on each day', 'bars': [[f'{day}', by_day[day]] for day in range(1, 31)]},
    {'title': '办结的处置 / repairs finished', 'bars': [[name, number] for name, number in repaired.most_common() if number > 0]},
    {'title': '案件 / cases', 'bars': [['opened', opened], ['closed', len(closing_times)], ['open', opened - len(closing_times)]]},
    {'title': '各区县案件 / cases of each district', 'bars': of_district},
])
