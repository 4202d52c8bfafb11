"""Recomputes the figures of the storm from what the departments received and from the exported log. It shares no code with the hub."""
import collections
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from evidence import (bytes_of, checkpoint_of, entries, entry_of, events_of, figure, is_included, leaves, lines, moment, out, outage_figure, percentile,
                      read, received, report, sha256, unbase64, whole)

DEPARTMENTS = ['emergency', 'transport', 'education', 'health', 'housing', 'urban-management']
WARNINGS = ('meteorology.storm-warning', 'meteorology.storm-lifted')
GRANTED = ('alert', 'area', 'severity', 'headline', 'expires')
LATE = 'education'
PHONE = '15400001234'
# plan.yaml: ms from the publication to the deadline, and from the deadline to the notice of each department
DEADLINE = 10_000
STAGES = {'education': 0, 'data-office': 4_000}

given, published = read('given'), read('published')
answers = {name: received(name) for name in DEPARTMENTS}
# events in the order in which a department received them
arrived = {name: [dict(event, at=one['at']) for one in answers[name] for event in events_of(one)] for name in DEPARTMENTS}
sent = {one['event']: one for one in published}
order = {event: i for i, event in enumerate(sent)}
outage = outage_figure([event['at'] for name in DEPARTMENTS for event in arrived[name]])

# moderate warnings by the size of the city, one extreme one, and its end
offered = max(60, (given['people'] + 10) // 20) + 2
figure('发布的预警', 'warnings published', offered, len(sent), len(sent) == len(published) == offered)
lost, again, strange, altered, disorder, late = 0, 0, 0, 0, 0, []
for name in DEPARTMENTS:
    own = [event for event in arrived[name] if event['type'] in WARNINGS]
    ids = [event['id'] for event in own]
    lost += len(set(sent) - set(ids))
    again += len(ids) - len(set(ids))
    strange += len(set(ids) - set(sent))
    first, areas = {}, collections.defaultdict(list)
    for event in own:
        if event['id'] not in sent:
            continue
        first.setdefault(event['id'], event['at'])
        areas[event['data']['area']].append(order[event['id']])
        data = sent[event['id']]['data']
        altered += event['type'] != sent[event['id']]['type'] or event['data'] != {key: data[key] for key in GRANTED if key in data}
    disorder += sum(1 for places in areas.values() if places != sorted(places))
    # while no hub ran, nothing could be published or received
    late += [at - sent[event]['begun'] for event, at in first.items()
             if not outage['killed'] - 1000 <= sent[event]['begun'] <= outage['again'] + 2000]
due = len(DEPARTMENTS) * offered
figure('六个部门未收到的预警', 'warnings that six departments lost', f'0 of {due}', lost, lost == 0)
figure('重复收到的预警、并未发布的预警', 'warnings received twice, never published', '0, 0', f'{again}, {strange}', again == strange == 0)
figure('收到的内容与发布不同的预警', 'warnings received with other values', '0', altered, altered == 0)
figure('顺序改变的区域', 'areas whose warnings arrived in another order', '0', disorder, disorder == 0)
p99 = percentile(late, 0.99)
figure('发布到收到，p50，ms', 'publication to receipt, p50, ms', '–', whole(percentile(late, 0.5)))
figure('发布到收到，p99，ms（枢纽停止期间除外）', 'publication to receipt, p99, ms (not while the hub was away)', '≤ 1000',
       f'{whole(p99)} ({len(late)} of {due})', p99 <= 1000 and 2 * len(late) > due)

# the extreme warning: what its CAP message states, deadline, escalations, confirmations
extreme = next(one for one in published if one['data'].get('severity') == 'Extreme')


CAP = {'': 'urn:oasis:names:tc:emergency:cap:1.2'}
message = ElementTree.parse(out / 'warning.cap.xml').getroot()
cap = {field: message.findtext(path, namespaces=CAP) for field, path in {
    'alert': 'identifier', 'area': 'info/area/geocode/value', 'severity': 'info/severity', 'headline': 'info/headline',
    'expires': 'info/expires', 'contact': 'info/contact'}.items()}
as_stated = [name for name in DEPARTMENTS
             if [event['data'] for event in arrived[name] if event['id'] == extreme['event']] == [{field: cap[field] for field in GRANTED}]]
figure('收到的红色预警与 CAP 报文一致的部门', 'departments whose extreme warning is that of the CAP message', len(DEPARTMENTS), len(as_stated),
       len(as_stated) == len(DEPARTMENTS) and extreme['data'] == cap and None not in cap.values())
limit = extreme['answered'] + DEADLINE
figure('枢纽在红色预警之后、期限之前终止', 'the hub was killed between the extreme warning and its deadline', '0 < ms < 10000',
       outage['killed'] - extreme['answered'], extreme['answered'] < outage['killed'] < limit)
missed = [event for event in arrived['emergency'] if event['type'] == 'meteorology.storm-deadline-missed']
offsets = {event['data']['recipient']: round(event['at'] - limit - STAGES.get(event['data']['recipient'], 0)) for event in missed}
stated = all(event['data']['event'] == extreme['event'] and event['data']['department'] == LATE and event['data']['role'] == 'leader'
             and abs(moment(event['data']['due']) - limit) <= 1000 for event in missed)
figure('收到逾期上报的部门（事件、部门、角色、期限均正确）', 'recipients of correct escalations', ', '.join(STAGES), ', '.join(offsets),
       stated and len(missed) == 2 and set(offsets) == set(STAGES))
figure('逾期上报与应到时刻之差，ms', 'escalations, ms after their moment', '± 1000', ', '.join(map(str, offsets.values())),
       bool(offsets) and all(abs(one) <= 1000 for one in offsets.values()))
given_at = {one['consumer']: moment(one['at']) for one in entries if one['operation'] == 'acknowledgeEvent' and one['decision'] == 'allow'
            and one['change']['event'] == extreme['event']}
in_time = {name for name, at in given_at.items() if at <= limit}
figure('按日志：按时确认、逾期确认的部门', 'departments that confirmed in time, late, by the log', f'5, 1: {LATE}',
       f"{len(in_time)}, {len(given_at) - len(in_time)}: {', '.join(set(given_at) - in_time)}",
       in_time == set(DEPARTMENTS) - {LATE} and set(given_at) == set(DEPARTMENTS))
[board] = received('meteorology')
states = {one['department']: one['state'] for one in json.loads(board['body'])['steps']}
wrong = [name for name in DEPARTMENTS if states.get(name) != ('acknowledged' if name in in_time else 'acknowledgedLate')]
figure('看板与日志不符的部门', 'departments whose state on the board differs from the log', '0', len(wrong), not wrong)

# the purpose of the plan
asked = [one for one in answers['emergency'] if 'asked' in one]
codes = {one['asked']: 'answered' if one['status'] == 200 else json.loads(one['body'])['code'] for one in asked}
by_log = [one['decision'] for one in entries if one['operation'] == 'queryDataset' and one.get('dataset') == 'transport.road-closures']
figure('事件之前、期间、之后的使用场景', 'purpose before, while open, after', 'closed, open, closed', ', '.join(codes.values()),
       codes == {'before': 'purpose_closed', 'open': 'answered', 'closed': 'purpose_closed'} and by_log == ['deny', 'allow', 'deny'])
DATEX = {'': 'http://datex2.eu/schema/2/2_0'}
sent_file = (out / 'sent-closures.xml').read_bytes()
closures = {one.get('id'): {
    'situation': one.get('id'), 'severity': one.findtext('overallSeverity', namespaces=DATEX),
    'starts': one.findtext('situationRecord/validity/validityTimeSpecification/overallStartTime', namespaces=DATEX),
    'road': one.findtext('situationRecord/groupOfLocations/roadNumber', namespaces=DATEX),
    'reason': one.findtext('situationRecord/generalPublicComment/comment/values/value', namespaces=DATEX),
} for one in ElementTree.fromstring(sent_file).iterfind('.//situation', DATEX)}
roads = [row for one in asked if one['status'] == 200 for row in json.loads(one['body'])['records']]
equal = sum(row == closures.get(row['situation']) for row in roads)
figure('封闭道路：各数据项与发送的 DATEX II 文件一致', 'closed roads, each field as in the DATEX II file that was sent', len(closures), equal,
       equal == len(roads) == len(closures) > 0)
digests = [one['batch']['sha256'] for one in entries if one['operation'] == 'commitBatch' and one['dataset'] == 'transport.road-closures'
           and one['decision'] == 'allow' and one['change']['state'] == 'published']
figure('DATEX II 文件的摘要与日志相符', 'DATEX II files whose digest is in the log', '1', digests.count(sha256(sent_file).hex()),
       digests == [sha256(sent_file).hex()])

# water levels: a station rises 20 cm within ten minutes; within half an hour it is reported once
levels = lines('levels')
rising, history = {}, collections.defaultdict(list)
for row in levels:
    at = moment(row['time'])
    before = [level for then, level in history[row['station']] if at - then <= 600_000]
    if before and row['level'] - min(before) >= 20:
        rising.setdefault(row['station'], (row['time'], row['level']))
    history[row['station']].append((at, row['level']))
alarms = [event['data'] for event in arrived['emergency'] if event['type'] == 'water.alarm']
figure('上涨的站点及其告警', 'stations that rose, and their alarms', ', '.join(sorted(rising)), ', '.join(sorted(one['station'] for one in alarms)),
       rising and len(alarms) == len(rising) and {one['station']: (one['time'], one['value']) for one in alarms} == rising)
pushed = sum(one['batch']['rows'] for one in entries if one['operation'] == 'pushRows' and one['decision'] == 'allow')
figure('日志中的水位读数', 'readings in the log', len(levels), pushed, pushed == len(levels) > 0)

bodies = {name: bytes_of(answers[name]) for name in DEPARTMENTS}
found = sum(got.count(PHONE.encode()) for got in bodies.values())
issued = {one['data'].get('contact') for one in published if one['type'] == WARNINGS[0]}
# the agreement occurs only in receipts, so finding it shows that receipts were decoded and searched
is_searched = all(f'"agreement":"agr-storm-{name}"'.encode() in got for name, got in bodies.items())
figure('各部门收到的字节中的值班电话', 'phone of the duty desk in received bytes', '0', found,
       found == 0 and issued == {PHONE} and is_searched)
pulls = [(one, events) for name in DEPARTMENTS for one in answers[name] if (events := events_of(one))]
wrong = sum(entry_of(one).get('rows', {}).get('delivered') != len(events) for one, events in pulls)
figure('日志记录的事件数与收到不符的答复', 'answers whose entry has another number of events', f'0 of {len(pulls)}', wrong, wrong == 0 and pulls)
names = {field for one in entries if one['operation'] == 'pullEvents' for field in one.get('fields', {})}
figure('日志记录中的预警数据项：授权的，值班电话', 'fields of warnings in entries: granted, phone of the duty desk', f'{len(GRANTED)}, 0',
       f"{len(names & set(GRANTED))}, {len(names & {'contact'})}", set(GRANTED) <= names and 'contact' not in names)

# the archive of the event: every act that the log has, each by the same bytes as in the log
[reply] = received('auditor')
archive = json.loads(reply['body'])
packed = [(unbase64(one['leaf']), one['index'], [unbase64(node) for node in one['proof']]) for one in archive['pack']['entries']]
ids = {json.loads(leaf)['id']: leaf for leaf, _, _ in packed}
acts = collections.defaultdict(set)
for one in archive['entries']:
    acts[one['as']].add(one['exchange'])
of_event = [one for one in entries if one.get('change', {}).get('event') == extreme['event'] and one['decision'] == 'allow']
expected = {
    'acknowledged': {one['id'] for one in of_event if one['operation'] == 'acknowledgeEvent'},
    'escalated': {one['id'] for one in of_event if one['operation'] == 'escalateEvents' and one['change']['act'] == 'escalate'},
    'purpose': {one['id'] for one in entries if one.get('purpose') == 'storm-response' and one['decision'] == 'allow'},
}
figure('事件归档：确认、上报、按使用场景的调用', 'archive of the event: confirmations, escalations, calls under the purpose', '6, ≥ 1, 1',
       ', '.join(str(len(acts[role])) for role in expected),
       all(acts[role] == wanted and wanted <= set(ids) for role, wanted in expected.items())
       and len(expected['acknowledged']) == 6 and len(expected['escalated']) > 0 and len(expected['purpose']) == 1)
checkpoint = checkpoint_of(archive['pack']['checkpoint'])
proven = sum(checkpoint is not None and is_included(leaf, index, proof, checkpoint) and leaves[index:index + 1] == [leaf]
             for leaf, index, proof in packed)
figure('事件归档中位置可证明且逐字节与日志相同的记录', 'entries of the archive whose place in the log is proven, byte by byte', len(ids), proven,
       proven == len(packed) == len(ids) > 0)
verified = read('archive-verified')['ok'] and (out / 'archive.json').read_bytes() == reply['body']
figure('事件归档，由命令行脱离枢纽核验', 'archive verified without the hub, by the command line', 'ok', 'ok' if verified else 'failed', verified)

report([
    {'title': '发布到收到，ms / publication to receipt, ms', 'bars': [[f'p{share}', whole(percentile(late, share / 100))] for share in (50, 90, 95, 99)]},
    {'title': '收到的事件 / events received', 'bars': [[name, len(arrived[name])] for name in DEPARTMENTS]},
    {'title': '红色预警的确认，s / confirmation of the extreme warning, s',
     'bars': [[name, round((at - extreme['answered']) / 1000, 1)] for name, at in given_at.items()]},
], persons=['auditor'])
