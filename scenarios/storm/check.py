"""Recomputes the figures of the storm from what the departments received and from the exported log. It shares no code with the hub."""
import base64
import datetime
import json
import pathlib
import sys

out = pathlib.Path(sys.argv[1])
receivers = ['emergency', 'transport', 'education', 'health', 'housing', 'urban-management']
PHONE = '15400001234'


def read(name):
    return json.loads((out / f'{name}.json').read_text(encoding='utf-8'))


def moment(text):
    """Milliseconds of the epoch."""
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp() * 1000


published, outage, water, purpose, board = map(read, ['published', 'outage', 'water', 'purpose', 'board'])
received = {
    name: [json.loads(line) for line in (out / f'received-{name}.ndjson').read_text(encoding='utf-8').splitlines()]
    for name in receivers
}
entries = [json.loads(base64.b64decode(one['leaf'])) for one in read('log')['entries']]
figures = []


def figure(text, required, measured, held):
    figures.append({'figure': text, 'required': str(required), 'measured': str(measured), 'held': bool(held)})


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float('nan')


sent = {one['event']: one for one in published}
warnings = {'meteorology.storm-warning', 'meteorology.storm-lifted'}
lost, again, disorder, late = 0, 0, 0, []
for name in receivers:
    own = [one for one in received[name] if one['event']['type'] in warnings]
    ids = [one['event']['id'] for one in own]
    lost += len(set(sent) - set(ids))
    again += len(ids) - len(set(ids))
    first = {}
    for one in own:
        first.setdefault(one['event']['id'], one['at'])
    order = {}
    for one in own:
        order.setdefault(one['event']['data']['area'], []).append(list(sent).index(one['event']['id']))
    disorder += sum(1 for places in order.values() if places != sorted(places))
    for event, at in first.items():
        begun = sent[event]['begun']
        # while no hub ran, nothing could be published or received
        if not outage['killed'] - 1000 <= begun <= outage['again'] + 2000:
            late.append(at - begun)
figure('events of six departments that were lost', '0', lost, lost == 0)
figure('events received under another id, or twice', 'the same id only', again, all(
    one['event']['id'] in sent for name in receivers for one in received[name] if one['event']['type'] in warnings))
figure('areas whose order was changed', '0', disorder, disorder == 0)
figure('publication to receipt, p50, ms', '–', round(percentile(late, 0.5)), True)
figure('publication to receipt, p99, ms', '≤ 1000', round(percentile(late, 0.99)), percentile(late, 0.99) <= 1000)
figure('hub away after kill −9, ms', '–', outage['again'] - outage['killed'], outage['again'] > outage['killed'])

step = next(one for one in board['steps'] if one['department'] == 'education')
due = moment(step['dueAt'])
missed = sorted(
    (one for one in received['emergency'] if one['event']['type'] == 'meteorology.storm-deadline-missed'),
    key=lambda one: one['event']['data']['stage'])
offsets = [round(one['at'] - due - after) for one, after in zip(missed, [0, 4000])]
figure('escalations, ms after their deadline', '2 within ± 1000', offsets,
       len(missed) == 2 and all(abs(one) <= 1000 for one in offsets))
figure('departments that confirmed in time', '5', sum(1 for one in board['steps'] if one['state'] == 'acknowledged'),
       sorted(one['department'] for one in board['steps'] if one['state'] == 'acknowledged')
       == sorted(set(receivers) - {'education'}))
figure('the late department', 'education, late', f"{step['department']}, {step['state']}", step['state'] == 'acknowledgedLate')
figure('purpose before, while open, after', 'closed, open, closed', ', '.join(purpose.values()),
       list(purpose.values()) == ['purpose_closed', 'answered', 'purpose_closed'])

alarms = [one['event']['data']['station'] for one in received['emergency'] if one['event']['type'] == 'water.alarm']
truth = [f'w{i:04d}' for i in range(water['rising'])]
figure('stations that rose, and their alarms', ', '.join(truth), ', '.join(sorted(alarms)), sorted(alarms) == truth)
pushed = sum(one['batch']['rows'] for one in entries if one['operation'] == 'pushRows' and one['decision'] == 'allow')
figure('readings in the log', water['rows'], pushed, pushed == water['rows'])

bytes_of = b''.join(path.read_bytes() for path in out.glob('received-*'))
found = bytes_of.count(PHONE.encode())
figure('phone of the duty desk in received bytes', '0', found, found == 0 and PHONE in json.dumps(published))
answers = {}
for one in entries:
    if one['operation'] == 'pullEvents' and one['decision'] == 'allow':
        answers[one['consumer']] = answers.get(one['consumer'], 0) + one.get('rows', {}).get('delivered', 0)
figure('events in entries, by department', 'at least those received',
       ', '.join(f'{name} {answers.get(name, 0)}' for name in receivers),
       all(answers.get(name, 0) >= len(received[name]) for name in receivers))
names = {field for one in entries if one['operation'] == 'pullEvents' for field in one.get('fields', {})}
figure('fields in entries', 'without contact', len(names), names and 'contact' not in names)
verified = read('verified')
figure('entries proven without the hub', 'all', f"{verified['log']['proven']} of {len(entries)}",
       verified['ok'] and verified['log']['proven'] == len(entries))
print(json.dumps(figures, ensure_ascii=False))
