"""Accounts for every reading of the city brain, from what was sent, what was received and the exported log. It shares no code with the hub."""
import base64
import collections
import datetime
import json
import pathlib
import sys

out = pathlib.Path(sys.argv[1])


def read(name):
    return json.loads((out / f'{name}.json').read_text(encoding='utf-8'))


def lines(name):
    return [json.loads(line) for line in (out / f'{name}.ndjson').read_text(encoding='utf-8').splitlines()]


def moment(text):
    """Milliseconds of the epoch."""
    return datetime.datetime.fromisoformat(text).timestamp() * 1000


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float('nan')


figures = []


def figure(text, required, measured, held):
    figures.append({'figure': text, 'required': str(required), 'measured': str(measured), 'held': bool(held)})


outage = read('outage')
entries = [json.loads(base64.b64decode(one['leaf'])) for one in read('log')['entries']]
sent, stored = lines('sent'), lines('stored')
key = lambda row: (row['station'], row['time'])
good = {key(row): row for row in sent if row['pm25'] >= 0}
broken = [row for row in sent if row['pm25'] < 0]
found = collections.Counter(key(row) for row in stored)
values = {key(row): row for row in stored}

figure('stations, readings sent', '–', f"{outage['stations']}, {len(sent)}", len(sent) == outage['stations'] * outage['moments'])
figure('readings that were lost', '0', len(set(good) - set(found)), not set(good) - set(found))
figure('readings stored twice, or never sent', '0', sum(found.values()) - len(found) + len(set(found) - set(good)),
       len(found) == sum(found.values()) and not set(found) - set(good))
other = sum(1 for one, row in good.items() if one in values and any(values[one].get(name) != row[name] for name in ('pm25', 'pm10')))
figure('readings stored with other values', '0', other, other == 0)
pushes = [one for one in entries if one['operation'] == 'pushRows' and one['decision'] == 'allow']


def by_log(dataset):
    """Rows and bad rows that the entries of the log state."""
    return tuple(sum(one['batch'][name] for one in pushes if one['dataset'] == dataset) for name in ('rows', 'bad'))


accepted, bad = by_log('ecology.air')
figure('sent = stored + quarantined, by the log', f'{len(good)} + {len(broken)}', f'{accepted} + {bad}',
       accepted == len(good) and bad == len(broken) and accepted + bad == len(sent))

newest = {}
for row in good.values():
    newest[row['station']] = max(newest.get(row['station'], ''), row['time'])
latest = {row['station']: row['time'] for row in lines('latest')}
figure('stations whose latest reading differs', '0', sum(1 for name in newest if latest.get(name) != newest[name]), latest == newest)

minutes = collections.defaultdict(list)
for row in good.values():
    minutes[(row['station'], row['time'][:16] + ':00+08:00')].append(row['pm25'])
computed = {key(row): row for row in lines('minutes')}
wrong = sum(
    1 for one, all_of in minutes.items()
    if one not in computed or computed[one]['pm25_count'] != len(all_of) or computed[one]['pm25_max'] != max(all_of)
    or abs(computed[one]['pm25_avg'] - sum(all_of) / len(all_of)) > 1e-9)
figure('minutes that differ from their readings', f'0 of {len(minutes)}', wrong + len(set(computed) - set(minutes)),
       wrong == 0 and set(computed) == set(minutes))

# a crossing: above 150, and below 100 since the one before
crossings = []
armed = collections.defaultdict(lambda: True)
for row in sent:
    if row['pm25'] < 0:
        continue
    if row['pm25'] > 150 and armed[row['station']]:
        crossings.append(key(row))
        armed[row['station']] = False
    elif row['pm25'] < 100:
        armed[row['station']] = True
alarms = lines('received-emergency')
raised = collections.Counter((one['event']['data']['station'], one['event']['data']['time']) for one in alarms)
ids = {one['event']['id'] for one in alarms}
figure('crossings without their alarm', f'0 of {len(crossings)}', len(set(crossings) - set(raised)), not set(crossings) - set(raised))
figure('alarms without a crossing', '0', len(set(raised) - set(crossings)), not set(raised) - set(crossings))
figure('alarms raised twice', '0', len(ids) - len(raised), len(ids) == len(raised))
arrived = {}
for one in alarms:
    arrived.setdefault((one['event']['data']['station'], one['event']['data']['time']), one['at'])
# while no hub ran, nothing could be evaluated
late = [at - moment(one[1]) for one, at in arrived.items()
        if not outage['killed'] - 4000 <= moment(one[1]) <= outage['again'] + 4000]
figure('threshold to alarm, p50, ms', '–', round(percentile(late, 0.5)), True)
figure('threshold to alarm, p95, ms', '≤ 3000', round(percentile(late, 0.95)), percentile(late, 0.95) <= 3000)
figure('hub away after kill −9, ms', '–', outage['again'] - outage['killed'], outage['again'] > outage['killed'])
# vehicles
traffic, calls = read('traffic'), lines('passage-calls')
minutes_of_drive = max(traffic['seconds'] * 1000, traffic['took']) / 60000
carried = round(by_log('traffic.passages')[0] / minutes_of_drive)
figure('passages a minute', f"≥ {round(traffic['offered'] * 0.95)}", carried, carried >= traffic['offered'] * 0.95)
figure('passages sent = stored, by the log', f"{traffic['passages']} + 0", '{} + {}'.format(*by_log('traffic.passages')),
       by_log('traffic.passages') == (traffic['passages'], 0))
# what waited while no hub ran is sent first; after that the lag counts again
caught_up = next((one['at'] for one in calls if one['at'] > outage['again'] and one['lag'] <= 2000), float('inf'))
lags = [one['lag'] for one in calls for _ in range(one['accepted'])
        if not outage['killed'] - 2000 <= one['at'] <= caught_up]
figure('passage to receipt, p95, ms', '≤ 2000', round(percentile(lags, 0.95)), percentile(lags, 0.95) <= 2000)
figure('passages that waited for the hub are sent after, ms', '–', caught_up - outage['again'], caught_up < float('inf'))

entry_plates = {one['entry']: one['plate'] for one in read('entries')}
passage_plates = {one['passage']: one['plate'] for one in lines('passages')}
raw = set(entry_plates.values()) | set(passage_plates.values())
shown = {}
for consumer in ('emergency', 'planning'):
    at_traffic, at_parking = lines(f'traffic-at-{consumer}'), lines(f'parking-at-{consumer}')
    figure(f'passages and entries that {consumer} did not get once', '0',
           len(set(passage_plates) ^ {one['passage'] for one in at_traffic}) + len(set(entry_plates) ^ {one['entry'] for one in at_parking})
           + len(at_traffic) + len(at_parking) - len(passage_plates) - len(entry_plates),
           sorted(one['passage'] for one in at_traffic) == sorted(passage_plates)
           and sorted(one['entry'] for one in at_parking) == sorted(entry_plates))
    parked = {one['plate']: entry_plates[one['entry']] for one in at_parking}
    joins = [(passage_plates[one['passage']], parked[one['plate']]) for one in at_traffic if one['plate'] in parked]
    truth = sum(1 for one in passage_plates.values() if one in set(entry_plates.values()))
    wrong = sum(1 for ours, theirs in joins if ours != theirs)
    required = truth if consumer == 'emergency' else 0
    figure(f'passages that {consumer} can join with a car park' + (' (linked)' if required else ' (not linked)'),
           f'{required}, wrong 0', f'{len(joins)}, wrong {wrong}', len(joins) == required and wrong == 0 and truth > 0)
    shown[consumer] = {one['plate'] for one in at_traffic} | {one['plate'] for one in at_parking}
    received = ''.join((out / f'{name}-at-{consumer}.ndjson').read_text(encoding='utf-8') for name in ('traffic', 'parking'))
    clear = sum(1 for one in raw if one in received)
    figure(f'number plates that {consumer} received', '0', clear, clear == 0)
figure('pseudonyms that both consumers have', '0', len(shown['emergency'] & shown['planning']), not shown['emergency'] & shown['planning'])

# the time of thresholds and alarms, in twenty parts
begun, ended = (pick(moment(row['time']) for row in sent) for pick in (min, max))
part = max(1, (ended - begun) / 20)
bars = lambda moments: [[f'{round(i * part / 1000)} s', sum(1 for one in moments if int((one - begun) // part) == i)] for i in range(21)]
crossed = bars([moment(time) for _, time in crossings])
(out / 'charts.json').write_text(json.dumps([
    {'title': 'thresholds crossed', 'bars': crossed},
    {'title': 'alarms at the command centre', 'bars': bars(list(arrived.values()))},
    {'title': 'passages stored', 'bars': [[label, sum(one['accepted'] for one in calls if int((one['at'] - begun) // part) == i)]
                                          for i, (label, _) in enumerate(crossed)]},
], ensure_ascii=False), encoding='utf-8')

verified = read('verified')
figure('entries proven without the hub', 'all', f"{verified['log']['proven']} of {len(entries)}",
       verified['ok'] and verified['log']['proven'] == len(entries))
print(json.dumps(figures, ensure_ascii=False))
