import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toAuthority, toPersons, type Incident } from './incidentNotices.ts';
import { missingText } from './missing.ts';

test('missing entries are named with their numbers, neighbours as a range, in both languages', () => {
  assert.equal(missingText({}), undefined);
  assert.deepEqual(missingText({ missing: [1_077] }), {
    zh: '另有 1 条应在此列，日志中却没有，被人取走：第 1077 条',
    en: '1 more belong here and are missing from the log; they were removed: 1077',
  });
  // the newest first, as answers name them, or ascending, as evidence does
  for (const missing of [
    [40, 39, 38, 12, 9, 8],
    [8, 9, 12, 38, 39, 40],
  ])
    assert.deepEqual(missingText({ missing }), {
      zh: '另有 6 条应在此列，日志中却没有，被人取走：第 8–9、12、38–40 条',
      en: '6 more belong here and are missing from the log; they were removed: 8–9, 12, 38–40',
    });
});

test('that more are missing than are named is reported, and that there are more than the text holds', () => {
  const missing = Array.from({ length: 1_000 }, (_, nth) => 5_000 - nth);
  assert.deepEqual(missingText({ missing, moreMissing: true }), {
    zh: '另有至少 1000 条应在此列，日志中却没有，被人取走：第 4001–5000 条',
    en: 'at least 1000 more belong here and are missing from the log; they were removed: 4001–5000',
  });
  const scattered = Array.from({ length: 50 }, (_, nth) => nth * 2);
  assert.match(missingText({ missing: scattered })?.en ?? '', /: 0, 2, .*, 78, … \(10\)$/);
});

test('drafts of notices say that records are gone, and only then', () => {
  const incident: Incident = {
    case: 'AQ-1',
    from: '2026-11-01T00:00:00Z',
    until: '2026-11-02T00:00:00Z',
    entries: 1,
    subjects: 1,
    recipients: [{ department: 'education', calls: 1, rows: 1, fields: ['name clear'], agreements: ['a@1'] }],
  };
  const gone = { ...incident, missing: [7] };
  assert.match(
    toAuthority(gone).zh,
    /- education：1 次 \/ 1 行（a@1）\n另有 1 条[^]*第 7 条；其接收方与数据项已不可知\n/,
  );
  assert.match(toAuthority(gone).en, /were removed: 7; who received what by them is not known any more\n/);
  assert.match(toPersons(gone).zh, /取得方：education，以及记录已缺失、无从查明者。/);
  assert.match(toPersons(gone).en, /Obtained by: education, and by whom cannot be found out any more/);
  for (const draft of [toAuthority(incident), toPersons(incident)])
    assert.doesNotMatch(`${draft.zh}${draft.en}`, /另有|缺失|were removed|found out/);
});

test('drafts name fields and departments as citizens know them; masks are only before the authority', () => {
  const incident: Incident = {
    case: 'AQ-1',
    from: '2026-11-01T00:00:00Z',
    until: '2026-11-02T00:00:00Z',
    entries: 1,
    subjects: 1,
    recipients: [
      {
        department: 'education',
        calls: 1,
        rows: 1,
        agreements: ['a@1'],
        fields: ['birth_date clear', 'guardian_id pseudonym', 'name clear', 'name personName'],
      },
    ],
    titles: {
      birth_date: { zh: '出生日期', en: 'date of birth' },
      guardian_id: { zh: '监护人证件号码', en: 'id of the guardian' },
      name: { zh: '姓名', en: 'name' },
    },
    names: { education: { zh: '云栖市教育局', en: 'Yunqi Education Bureau' } },
  };
  const [persons, authority] = [toPersons(incident), toAuthority(incident)];
  assert.match(persons.zh, /可能被不当取得：出生日期、监护人证件号码、姓名。\n取得方：云栖市教育局。/);
  assert.match(
    persons.en,
    /wrongly: date of birth, id of the guardian, name\.\nObtained by: Yunqi Education Bureau\./,
  );
  assert.match(authority.zh, /种类：出生日期（原值）、监护人证件号码（假名）、姓名（原值）、姓名（姓名）/);
  for (const text of [persons.zh, persons.en, authority.zh, authority.en])
    assert.doesNotMatch(text, /birth_date|guardian_id|clear、/);
});
