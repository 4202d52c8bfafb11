"""Compares what the bureau received with the truth of the city and with the exported log. It shares no code with the hub."""
import base64
import collections
import json
import pathlib
import sys

out = pathlib.Path(sys.argv[1])
LAST_BIRTHDAY = '20200831'
FACTS = ['born-by', 'registered-as', 'measles-twice', 'dwelling', 'work']
PAPERS = {'household register': ['born-by', 'registered-as'], 'vaccination booklet': ['measles-twice'],
          'deed or lease': ['dwelling'], 'insurance or licence': ['work']}
GROUP = {'owns-dwelling': 'dwelling', 'lease-runs': 'dwelling', 'paid-in-month': 'work', 'licence-valid': 'work'}
STATES = {'meets': 'yes', 'fails': 'no', 'absent': 'unknown'}
figures = []


def read(name):
    return json.loads((out / f'{name}.json').read_text(encoding='utf-8'))


def lines(name):
    return [json.loads(line) for line in (out / f'{name}.ndjson').read_text(encoding='utf-8').splitlines()]


def figure(text, required, measured, held):
    figures.append({'figure': text, 'required': str(required), 'measured': str(measured), 'held': bool(held)})


def yes(condition):
    return 'yes' if condition else 'no'


def truth(family):
    """The answer to each fact, from what is so in the city."""
    here = family['registered']
    return {
        # an identity number has the day of birth in its seventh to fourteenth digit
        'born-by': yes(family['child'][6:14] <= LAST_BIRTHDAY) if here else 'unknown',
        'registered-as': yes(family['enteredName'] == family['name']) if here else 'unknown',
        'measles-twice': 'unknown' if family['doses'] is None else yes(family['doses'] == 2),
        'dwelling': STATES[family['dwelling']['state']],
        'work': STATES[family['work']['state']],
    }


def spared(answers):
    """Papers that a family need not bring."""
    return [paper for paper, facts in PAPERS.items() if all(answers.get(fact) == 'yes' for fact in facts)]


families = {one['matter']: one for one in read('families')}
entries = [json.loads(base64.b64decode(one['leaf'])) for one in read('log')['entries']]
place = {entry['id']: i for i, entry in enumerate(entries)}
received = lines('received-education') + lines('received-school-office')
answers, meals = collections.defaultdict(dict), collections.defaultdict(list)
for one in received:
    body = json.loads(one['body'])
    said = body.get('answer') if one['status'] == 200 else body.get('code')
    if one['fact'] == 'on-benefits':
        meals[one['matter']].append((one['exchange'], said))
    else:
        answers[one['matter']][GROUP.get(one['fact'], one['fact'])] = said

wanted = {matter: truth(family) for matter, family in families.items()}
total = len(families) * len(FACTS)
right = sum(answers[matter].get(fact) == wanted[matter][fact] for matter in wanted for fact in FACTS)
figure('applications × facts as in the truth', f'{total} of {total}', f'{right} of {total}', right == total)
tally = collections.Counter(answer for matter in wanted for answer in wanted[matter].values())
figure('yes, no, unknown in the truth', 'each at least once', ', '.join(str(tally[a]) for a in ('yes', 'no', 'unknown')),
       all(tally[a] for a in ('yes', 'no', 'unknown')))

registers = read('sent')
stored = collections.Counter()
for entry in entries:
    if entry['decision'] == 'allow' and 'batch' in entry:
        stored[entry['dataset']] = max(stored[entry['dataset']], entry['batch']['rows'])
written = {one['dataset']: one['records'] for one in registers}
figure('records of seven files, and rows of the log', sum(written.values()), sum(stored[name] for name in written),
       all(stored[name] == count for name, count in written.items()))
formats = {one['format'].rsplit('.', 1)[1] for one in registers}
figure('formats that were read', '≥ 6', f'{len(formats)}: {", ".join(sorted(formats))}', len(formats) >= 6)
offices = {'data-office', 'education'} | {name.split('.')[0] for name in written}
figure('departments', '9', len(offices), len(offices) == 9)

asked = [entry for entry in entries if entry['operation'] == 'checkFact']
calls = [one['exchange'] for one in received]
figure('entries = calls', len(calls), len(asked),
       len(asked) == len(set(calls)) == len(calls) and {entry['id'] for entry in asked} == set(calls))
raw = sum(len(set(json.loads(one['body'])) - {'answer', 'asOf', 'obligations', 'notes'}) for one in received if one['status'] == 200)
raw += sum(1 for entry in entries if entry.get('consumer') == 'education' and (entry.get('fields') or entry.get('rows', {}).get('delivered')))
text = '\n'.join(one['body'] for one in received)
raw += sum(text.count(family[name]) for family in families.values() for name in ('child', 'guardian', 'name'))
figure('raw fields and identifiers that were released', '0', raw, raw == 0)

withdrawn = {one['matter']: place[one['exchange']] for one in lines('received-civil-affairs') if one['status'] == 200}
leaving = {matter for matter, family in families.items() if family['meals'] and family['meals']['withdraws']}
# of a call that has no entry the place is unknown: it counts as a use
later = [said for matter, at in withdrawn.items() for exchange, said in meals[matter] if place.get(exchange, len(entries)) > at]
uses = sum(said != 'consent_missing' for said in later)
figure('uses of a consent after its withdrawal', f'0 of {2 * len(leaving)}', f'{uses} of {len(later)}',
       uses == 0 and set(withdrawn) == leaving and leaving and len(later) == 2 * len(leaving))
good = sum(said == STATES[families[matter]['meals']['benefits']] for matter in meals
           for exchange, said in meals[matter] if place.get(exchange, -1) < withdrawn.get(matter, len(entries)))
due = sum((1 if family['meals']['withdraws'] else 3) for family in families.values() if family['meals'])
figure('answers while the consent applied, as in the truth', due, good, good == due)

papers = collections.Counter(paper for matter in wanted for paper in spared(answers[matter]))
real = collections.Counter(paper for matter in wanted for paper in spared(wanted[matter]))
figure('papers spared', sum(real.values()), sum(papers.values()), papers == real and real)
none = sum(len(spared(answers[matter])) == len(PAPERS) for matter in wanted)
figure('families that bring no paper', '–', f'{none} of {len(families)}', True)
python = len(lines('received-school-office'))
figure('of the calls, by the program in Python', len(families), python, python == len(families))
moments = [one['at'] for one in received]
seconds = (max(moments) - min(moments)) / 1000
figure('seconds from the first answer to the last', '≤ 60', round(seconds, 1), seconds <= 60)
verified = read('verified')
figure('entries proven without the hub', 'all', f"{verified['log']['proven']} of {len(entries)}",
       verified['ok'] and verified['log']['proven'] == len(entries))

rate = collections.Counter((at - min(moments)) // 1000 for at in moments)
given = collections.Counter(answer for matter in answers for answer in answers[matter].values())
charts = [
    {'title': 'papers spared', 'bars': [[paper, papers[paper]] for paper in PAPERS]},
    {'title': 'answers', 'bars': [[answer, given[answer]] for answer in ('yes', 'no', 'unknown')]},
    {'title': 'answers in each second', 'bars': [[str(second), rate[second]] for second in range(max(rate) + 1)]},
]
(out / 'charts.json').write_text(json.dumps(charts, ensure_ascii=False), encoding='utf-8')
print(json.dumps(figures, ensure_ascii=False))
