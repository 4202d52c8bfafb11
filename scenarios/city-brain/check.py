"""Accounts for every reading of the city brain, from what was sent, what was received and the exported log. It shares no code with the hub."""
import collections
import json
import math
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from evidence import bytes_of, entries, events_of, figure, lines, moment, outage_figure, percentile, read, received, report, whole

# traffic.ts: passages a second of 100,000 people; play.ts: one station for 50 people, a reading every two seconds
PASSAGES = 1_000_000 / 60
# until so many ms after the restart, what waited for the hub must be sent
MAX_CATCH_UP = 30_000
given = read('given')
answers = {name: received(name) for name in ('emergency', 'planning')}


def rows_of(consumer, asked):
    return [row for one in answers[consumer] if one.get('asked') == asked for row in json.loads(one['body'])['records']]


def key(row):
    return row['station'], row['time']


sent, stored = lines('sent'), rows_of('emergency', 'stored')
good = {key(row): row for row in sent if row['pm25'] >= 0}
broken = [row for row in sent if row['pm25'] < 0]
found = collections.Counter(key(row) for row in stored)
values = {key(row): row for row in stored}
alarms = [dict(event, at=one['at']) for one in answers['emergency'] if 'asked' not in one for event in events_of(one)]
outage = outage_figure([event['at'] for event in alarms])

stations, moments = max(10, (given['people'] + 25) // 50), max(4, (given['seconds'] + 1) // 2)
figure('站点，发送的读数', 'stations, readings sent', f'{stations}, {stations * moments}', f"{len({row['station'] for row in sent})}, {len(sent)}",
       len(sent) == stations * moments == len({key(row) for row in sent}) and len({row['station'] for row in sent}) == stations)
figure('丢失的读数', 'readings that were lost', f'0 of {len(good)}', len(set(good) - set(found)), good and not set(good) - set(found))
figure('重复保存或从未发送的读数', 'readings stored twice, or never sent', '0', sum(found.values()) - len(found) + len(set(found) - set(good)),
       len(found) == sum(found.values()) and not set(found) - set(good))
other = sum(1 for one, row in good.items() if one in values and any(values[one].get(name) != row[name] for name in ('pm25', 'pm10')))
figure('取值不同的读数', 'readings stored with other values', '0', other, other == 0)
pushes = [one for one in entries if one['operation'] == 'pushRows' and one['decision'] == 'allow']


def by_log(dataset):
    """Rows and bad rows that the entries of the log state. A call that was sent again has an entry without a dataset."""
    return tuple(sum(one['batch'][name] for one in pushes if one.get('dataset') == dataset) for name in ('rows', 'bad'))


accepted, bad = by_log('ecology.air')
figure('发送 = 已存 + 隔离，按日志', 'sent = stored + quarantined, by the log', f'{len(good)} + {len(broken)}', f'{accepted} + {bad}',
       accepted == len(good) > 0 and bad == len(broken) > 0)

newest = {}
for row in good.values():
    newest[row['station']] = max(newest.get(row['station'], ''), row['time'])
latest = {row['station']: row['time'] for row in rows_of('emergency', 'latest')}
figure('最新读数不符的站点', 'stations whose latest reading differs', f'0 of {len(newest)}',
       sum(1 for name in newest if latest.get(name) != newest[name]), latest == newest and newest)

minutes = collections.defaultdict(list)
for row in good.values():
    minutes[(row['station'], row['time'][:16] + ':00+08:00')].append(row['pm25'])
computed = {key(row): row for row in rows_of('emergency', 'minutes')}
wrong = sum(
    1 for one, all_of in minutes.items()
    if one not in computed or computed[one]['pm25_count'] != len(all_of) or computed[one]['pm25_max'] != max(all_of)
    or abs(computed[one]['pm25_avg'] - sum(all_of) / len(all_of)) > 1e-9)
figure('与读数不符的分钟值', 'minutes that differ from their readings', f'0 of {len(minutes)}', wrong + len(set(computed) - set(minutes)),
       wrong == 0 and set(computed) == set(minutes) and minutes)

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
raised = collections.Counter((one['data']['station'], one['data']['time']) for one in alarms)
ids = {one['id'] for one in alarms}
figure('越过阈值而无告警', 'crossings without their alarm', f'0 of {len(crossings)}', len(set(crossings) - set(raised)), crossings and not set(crossings) - set(raised))
figure('未越过阈值而有告警，重复产生、重复收到的告警', 'alarms without a crossing, raised twice, received twice', '0, 0, 0',
       f'{len(set(raised) - set(crossings))}, {len(ids) - len(raised)}, {len(alarms) - len(ids)}',
       not set(raised) - set(crossings) and len(alarms) == len(ids) == len(raised))
other = sum(good.get((one['data']['station'], one['data']['time']), {}).get('pm25') != one['data']['value'] for one in alarms)
figure('取值与读数不同的告警', 'alarms with another value than their reading', '0', other, other == 0)
arrived = {}
for one in alarms:
    arrived.setdefault((one['data']['station'], one['data']['time']), one['at'])
# while no hub ran, nothing could be evaluated; in a run of 20 seconds a quarter of the alarms is still to count
late = [at - moment(one[1]) for one, at in arrived.items()
        if not outage['killed'] - 4000 <= moment(one[1]) <= outage['again'] + 4000]
figure('越过阈值到告警，p50，ms', 'threshold to alarm, p50, ms', '–', whole(percentile(late, 0.5)))
figure('越过阈值到告警，p95，ms（枢纽停止期间除外）', 'threshold to alarm, p95, ms (not while the hub was away)', '≤ 3000',
       f'{whole(percentile(late, 0.95))} ({len(late)} of {len(arrived)})', percentile(late, 0.95) <= 3000 and 4 * len(late) > len(arrived))
figure('越过阈值到告警，最大值，ms（枢纽停止期间除外）', 'threshold to alarm, maximum, ms (not while the hub was away)', '–', whole(max(late, default=math.nan)))
# vehicles
traffic, calls = read('traffic'), lines('passage-calls')
offered = PASSAGES * 60 * given['people'] / 100_000
wanted = offered / 60 * given['seconds']
minutes_of_drive = max(given['seconds'] * 1000, traffic['took']) / 60000
accepted, bad = by_log('traffic.passages')
carried = round(accepted / minutes_of_drive)
figure('每分钟过车', 'passages a minute', f'≥ {round(offered * 0.95)}', carried, carried >= offered * 0.95)
# each of the eight gateways rounds
figure('过车：应发，发送 = 已存，按日志', 'passages: offered, sent = stored, by the log', f"{round(wanted)}, {traffic['passages']} + 0", f'{accepted} + {bad}',
       abs(traffic['passages'] - wanted) <= 8 and (accepted, bad) == (traffic['passages'], 0) and accepted == sum(one['accepted'] for one in calls))
# what waited while no hub ran is sent first; after that the lag counts again. In a run of 20 seconds a quarter is still to count
caught_up = next((one['at'] for one in calls if one['at'] > outage['again'] and one['lag'] <= 2000), math.inf)
counted = [(one['lag'], one['accepted']) for one in calls if not outage['killed'] <= one['at'] < caught_up]
lag, share = percentile(counted, 0.95, lambda one: one[1]), sum(rows for _, rows in counted)
lag = lag[0] if counted else math.nan
least = 0.9 if given['seconds'] >= 60 else 0.25
figure('过车到回执，p95，ms（补发完积压之前除外）', 'passage to receipt, p95, ms (not before those that waited are sent)', '≤ 2000',
       f'{whole(lag)} ({share} of {accepted})', lag <= 2000 and share >= least * accepted > 0)
figure('恢复后补发完积压，ms', 'restart until the passages that waited are sent, ms', f'≤ {MAX_CATCH_UP}',
       'never' if caught_up == math.inf else whole(caught_up - outage['again']), caught_up - outage['again'] <= MAX_CATCH_UP)

entry_plates = {one['entry']: one['plate'] for one in read('entries')}
passage_plates = {one['passage']: one['plate'] for one in lines('passages')}
PLATE = re.compile(r'浙I\d{5}')
raw = set(entry_plates.values()) | set(passage_plates.values())
shown = {}
for consumer, zh, linked in (('emergency', '指挥中心', True), ('planning', '规划局', False)):
    at_traffic, at_parking = rows_of(consumer, 'traffic'), rows_of(consumer, 'parking')
    figure(f'{zh}未恰好收到一次的过车和入场', f'passages and entries that {consumer} did not get once', '0',
           len(set(passage_plates) ^ {one['passage'] for one in at_traffic}) + len(set(entry_plates) ^ {one['entry'] for one in at_parking})
           + abs(len(at_traffic) + len(at_parking) - len(passage_plates) - len(entry_plates)),
           sorted(one['passage'] for one in at_traffic) == sorted(passage_plates)
           and sorted(one['entry'] for one in at_parking) == sorted(entry_plates) and passage_plates and entry_plates)
    parked = {one['plate']: entry_plates[one['entry']] for one in at_parking}
    joins = [(passage_plates[one['passage']], parked[one['plate']]) for one in at_traffic if one['plate'] in parked]
    in_car_parks = set(entry_plates.values())
    truth = sum(1 for one in passage_plates.values() if one in in_car_parks)
    wrong = sum(1 for ours, theirs in joins if ours != theirs)
    required = truth if linked else 0
    figure(f'{zh}能与停车场对上的过车（{"有" if linked else "无"}关联）',
           f'passages that {consumer} can join with a car park ({"linked" if linked else "not linked"})',
           f'{required}, wrong 0', f'{len(joins)}, wrong {wrong}', len(joins) == required and wrong == 0 and truth > 0)
    shown[consumer] = {one['plate'] for one in at_traffic} | {one['plate'] for one in at_parking}
    got = bytes_of(answers[consumer]).decode('utf-8', 'ignore')
    clear = set(PLATE.findall(got))
    # the agreement occurs only in receipts, so finding it shows that receipts were decoded and searched
    figure(f'{zh}收到的号牌原值', f'number plates that {consumer} received', f'0 of {len(raw)}', len(clear),
           raw and not clear and all(map(PLATE.fullmatch, raw)) and f'"agreement":"agr-{consumer}-traffic"' in got)
both = shown['emergency'] & shown['planning']
figure('两家共有的假名', 'pseudonyms that both consumers have', '0', len(both), not both and all(shown.values()))

# the time of thresholds and alarms, in twenty parts
begun, ended = (pick(moment(row['time']) for row in sent) for pick in (min, max))
part = max(1, (ended - begun) / 20)


def bars(times):
    return [[f'{round(i * part / 1000)} s', sum(1 for one in times if int((one - begun) // part) == i)] for i in range(21)]


crossed = bars([moment(time) for _, time in crossings])
report([
    {'title': '越过阈值 / thresholds crossed', 'bars': crossed},
    {'title': '指挥中心收到的告警 / alarms at the command centre', 'bars': bars(list(arrived.values()))},
    {'title': '已存的过车 / passages stored', 'bars': [[label, sum(one['accepted'] for one in calls if int((one['at'] - begun) // part) == i)]
                                                 for i, (label, _) in enumerate(crossed)]},
])
