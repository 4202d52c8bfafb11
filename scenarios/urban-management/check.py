"""Recomputes closing rate and times from the exported log, and searches what the parties received. It shares no code with the hub."""
import base64
import collections
import datetime
import json
import pathlib
import re
import statistics
import sys

out = pathlib.Path(sys.argv[1])
folder = pathlib.Path(__file__).resolve().parent
DATASET = 'hotline.city-cases'
figures = []


def read(name):
    return json.loads((out / f'{name}.json').read_text(encoding='utf-8'))


def lines(name):
    return [json.loads(line) for line in (out / f'{name}.ndjson').read_text(encoding='utf-8').splitlines()]


def figure(text, required, measured, held):
    figures.append({'figure': text, 'required': str(required), 'measured': str(measured), 'held': bool(held)})


def seconds(begin, end):
    first, last = (datetime.datetime.fromisoformat(text.replace('Z', '+00:00')) for text in (begin, end))
    return (last - first) / datetime.timedelta(milliseconds=1) / 1000


def same(one, other):
    return abs(one - other) < 1e-6


def p95(values):
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))] if values else float('nan')


def decoded(text):
    """The bytes of base64 or base64url; none where it is neither."""
    text = text.replace(b'-', b'+').replace(b'_', b'/')
    return b'' if len(text) % 4 == 1 else base64.b64decode(text + b'=' * (-len(text) % 4))


def received(names):
    """Every byte of the answers and refusals that parties received, and what is encoded in their headers, such as receipts."""
    pieces = []
    for name in names:
        for path in sorted(out.glob(f'received-{name}.*')):
            content = path.read_bytes()
            pieces.append(content)
            if path.suffix == '.headers':
                for text in re.findall(rb'[A-Za-z0-9_+/-]{40,}', content):
                    pieces.append(decoded(text))
                    # the entry in a receipt is encoded once more
                    pieces.extend(map(decoded, re.findall(rb'"leaf":"([A-Za-z0-9_+/-]+)', pieces[-1])))
    return b'\n'.join(pieces)


plan, shown, counted = read('plan'), read('statistics'), read('counted')
sent, made = lines('sent'), lines('steps')
entries = [json.loads(base64.b64decode(one['leaf'])) for one in read('log')['entries']]
own = [one for one in entries if one.get('dataset') == DATASET]
changed = {one['id']: one for one in own if one['operation'] == 'changeRow' and one['decision'] == 'allow'}
opened = sum(one['change'].get('opened', 0) for one in own if one['operation'] == 'pushRows' and one['decision'] == 'allow')

# the cases and who worked on them
figure('cases', f"{plan['count']} in {plan['days']} days", f"{opened} in {len({one['reported_day'] for one in sent})} days",
       opened == plan['count'] == len(sent) and plan['days'] == 30 == len({one['reported_day'] for one in sent}))
acting = {one['actor']['department'] for one in own
          if one['operation'] in ('pushRows', 'changeRow') and one['decision'] == 'allow' and one['actor'].get('department')}
figure('departments, contractors that acted, by the log', '12, 5',
       f"{len(acting & set(plan['departments']))}, {len(acting & set(plan['contractors']))}",
       (len(plan['departments']), len(plan['contractors'])) == (12, 5) and acting >= {*plan['departments'], *plan['contractors']})

# each step of the parties and its entry
lost = [one for one in made if one['exchange'] not in changed or changed[one['exchange']]['change'].get('transition') != one.get('transition')]
figure('steps without their entry, entries without a step', '0, 0', f'{len(lost)}, {len(changed) - len(made)}',
       not lost and len(changed) == len(made) == len({one['exchange'] for one in made}))
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
figure('cases whose steps do not follow each other in the log', '0', broken, broken == 0 and len(of_case) == plan['count'])

# the hub's statistics
whole, steps = [], collections.defaultdict(list)
for entry in changed.values():
    change = entry['change']
    step = (change['transition'], entry['actor']['department'])
    steps[step].append(seconds(change['since'], entry['at']))
    if change['transition'] == 'check':
        whole.append(seconds(change['opened'], entry['at']))
figure('closing rate by the hub = by the log', f"{shown['openedAndClosed']} of {shown['opened']}", f'{len(whole)} of {opened}',
       (shown['closed'], shown['opened'], shown['openedAndClosed']) == (len(whole), opened, len(whole)) and 0 < len(whole) < opened)
final = collections.Counter(counted['states'].values())
figure('closed cases as the bureau reads them', len(whole), final['checked'],
       final['checked'] == len(whole) and sum(final.values()) == plan['count'])
figure('median from report to end by the hub = by the log, s', round(shown['medianSecondsToClose'], 3), round(statistics.median(whole), 3),
       same(shown['medianSecondsToClose'], statistics.median(whole)))
table = {(one['transition'], one['department']): one for one in shown['steps']}
other = sum(
    1 for step in set(table) | set(steps)
    if step not in table or step not in steps or table[step]['made'] != len(steps[step])
    or not same(table[step]['medianSeconds'], statistics.median(steps[step])))
figure('steps of departments whose number or time differs', f'0 of {len(steps)}', other, other == 0 and len(table) == len(steps))


# places
def ring_of(code):
    text = (folder / 'city.yaml').read_text(encoding='utf-8')
    found = re.search(rf"code: '{code}'.*coordinates: \[(\[\[.*?\]\])\]", text)
    return json.loads(found.group(1))


def contains(ring, x, y):
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def near(ring, x, y):
    """Whether a point is so near to the border that it may count to both sides."""
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        dx, dy = bx - ax, by - ay
        share = max(0, min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
        if (ax + share * dx - x) ** 2 + (ay + share * dy - y) ** 2 < 4e-12:
            return True
    return False


elsewhere, of_district = 0, []
for code, found in counted['districts'].items():
    ring, found = ring_of(code), collections.Counter(found)
    of_district.append([code, len(found)])
    for one in sent:
        point = one['place']['coordinates']
        elsewhere += found[one['case']] != contains(ring, *point) and not near(ring, *point)
figure('cases in another district than by their place', f"0 of {len(sent)}", elsewhere,
       elsewhere == 0 and sum(count for _, count in of_district) >= len(sent))

# what contractors and departments received
handlers = [name for name in plan['departments'] if name not in ('hotline', 'urban-management')]
for text, names in (('contractors', plan['contractors']), ('departments', [*handlers, 'urban-management'])):
    got = received(names)
    phones, reporters = {one['phone'].encode() for one in sent}, {one['reporter'].encode() for one in sent}
    found = phones & set(re.findall(rb'(?=(154\d{8}))', got))
    figure(f'phones of reporters in the bytes of {text}', f'0 of {len(phones)}', len(found), not found and len(phones) == len(sent))
    found = reporters & set(re.findall('反映人[0-9]+'.encode(), got))
    figure(f'names of reporters in the bytes of {text}', f'0 of {len(reporters)}', len(found), not found)
    cases = {one['case'].encode() for one in sent}
    assigned = set(re.findall(rb'AJ-\d{6}', got))
    figure(f'cases in the bytes of {text}', '> 0', len(cases & assigned), cases & assigned)
    photos = got.count(b'\x89PNG\r\n\x1a\n')
    # a chunk of text with its length before it: receipts are base64, where the four letters come by chance
    described = len(re.findall(rb'\x00[\x00-\xff]{3}tEXt', got))
    figure(f'photos that {text} received, with metadata', '0', f'{described} of {photos}', photos > 0 and described == 0)
uploaded = (out / 'sent-photos.bin').read_bytes()
control = sum(one['phone'].encode() in uploaded for one in sent if one['photo'])
figure('uploaded photos whose metadata has the phone', sum(1 for one in sent if one['photo']), control,
       control == sum(1 for one in sent if one['photo']) > 0)

refusals = {
    'its phone': 'field_not_granted', 'who has this phone': 'filter_not_granted', 'cases by phone': 'sort_not_granted',
    'earlier versions': 'delivery_not_agreed', 'photo of another': 'attachment_unknown', 'change of another': 'row_unknown',
    'another phone': 'row_field_not_yours', 'own check': 'row_transition_not_allowed', 'case of another': '0 rows',
}
probes = lines('probes')
answered = [one for one in probes if one['code'] != refusals[one['asked']]]
figure('forbidden questions of contractors that were refused', len(refusals) * 5, len(probes) - len(answered),
       not answered and len(probes) == len(refusals) * len(plan['contractors']))

# speed of contractors' steps, measured in turns with rows of a dataset without cases
written = [one['ms'] for one in made if one['party'] in plan['contractors'] and one['transition'] == 'finish']
plain = [one['ms'] for one in lines('callbacks')]
ratio = p95(written) / p95(plain)
figure("contractors' steps ÷ plain rows, p95", '≤ 1.3', f'{ratio:.2f} ({p95(written):.0f} ms of {len(written)}, {p95(plain):.0f} ms of {len(plain)})', ratio <= 1.3)
verified = read('verified')
figure('entries proven without the hub', 'all', f"{verified['log']['proven']} of {len(entries)}",
       verified['ok'] and verified['log']['proven'] == len(entries))

by_day, repaired = collections.Counter(), collections.Counter()
for one in made:
    by_day[one['day']] += one['transition'] == 'check'
    repaired[one['party']] += one['transition'] == 'finish'
charts = [
    {'title': 'cases closed on each day', 'bars': [[f'day {day}', by_day[day]] for day in range(1, 31)]},
    {'title': 'repairs finished', 'bars': [[name, count] for name, count in repaired.most_common() if count > 0]},
    {'title': 'cases', 'bars': [['opened', opened], ['closed', len(whole)], ['open', opened - len(whole)]]},
    {'title': 'cases of each district', 'bars': of_district},
]
(out / 'charts.json').write_text(json.dumps(charts, ensure_ascii=False), encoding='utf-8')
print(json.dumps(figures, ensure_ascii=False))
