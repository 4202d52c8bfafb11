/** Prepares what the demo leaves after its story: for each role an account to sign in with, and a pending item. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { bodyOf } from '../approve/waiting.ts';
import { openProfile, openStaffAccess } from '../profile.ts';
import { consentFor, mealsContext } from './acts/consentAct.ts';
import { aboutChild, household } from './acts/childAct.ts';
import { airFile } from './acts/intakeActs.ts';
import type { Resident } from './files/invented.ts';
import { requestTerm } from './requestTerm.ts';
import { acceptProposal, type Stage } from './stage.ts';

/** Calls without an agreement, within minutes: more than the rule over the log permits. */
const attempts = 6;
/** Hours of the file that the clerk corrects, the first ones of the next month. */
const hours = 24;

/** @param child of the story; their guardian is the citizen */
export async function leaveForViewer(stage: Stage, child: Resident): Promise<void> {
  await stage.admitPerson('clerk', '演示报送员 demo clerk', { role: 'clerk', department: 'ecology' });
  await stage.admitPerson('counter', '演示窗口人员 demo counter clerk', {
    role: 'clerk',
    department: 'pub-security',
  });
  const education = { role: 'steward', department: 'education' };
  await stage.admitPerson('asker', '演示申请人 demo asker', education);
  await stage.admitPerson('reviewer', '演示审核人 demo reviewer', education);
  await stage.admitPerson('leader', '演示领导 demo leader', { role: 'leader' });
  await proposeSchema(stage);
  await enterCatalogue(stage);
  await leaveRequest(stage);
  await leaveHeld(stage);
  await leaveFinding(stage);
  await openPersonsPages(stage, child);
  // for the leader: the board's numbers are those of the whole story
  await stage.hub.runner.run('readEntries');
}

/** For the data office's steward: a new version of a schema, proposed by the operator. */
async function proposeSchema({ operator }: Stage): Promise<void> {
  const { document } = sharedSchema('traffic-event@1');
  const properties = {
    ...(document['properties'] as Record<string, object>),
    diversion: {
      type: ['string', 'null'],
      maxLength: 200,
      'x-sensitivity': 'L1',
      'x-title': { zh: '绕行路线', en: 'Diversion' },
    },
  };
  bodyOf(
    await operator.post('/v1/schemas', {
      document: { ...document, $id: 'urn:datong:traffic-event:1.1', properties },
    }),
  );
}

/** For the developer: data to find and request; two persons of the department have entered it. */
async function enterCatalogue({ operator }: Stage): Promise<void> {
  const [provider, decider] = ['provider', 'decider'].map((as) => openStaffAccess({ as }).token);
  const entry = {
    id: 'pub-security.population',
    title: { zh: '户籍人口信息', en: 'Household register' },
    abstract: {
      zh: '本市户籍人口的姓名、出生日期、户籍地和监护关系（虚构）',
      en: 'Names, birth dates, districts and guardians of registered residents (invented)',
    },
    keywords: ['户籍', '入学'],
    category: '1/1',
    openness: 'closed',
    dataClass: 'important',
    sharing: {
      type: 'conditional',
      conditions: '仅限法定职责所需；须载明经办人和办件号',
      manner: 'interface',
    },
    sourceSystem: '人口信息系统',
    updateFrequency: 'monthly',
    office: '人口处',
    contact: '内线 0000',
    datasets: [household],
  };
  const { proposal } = bodyOf(await operator.post('/v1/catalogue', entry, provider));
  await acceptProposal(operator, proposal, decider);
}

/** For the reviewer: a request of their department, made by a colleague. */
async function leaveRequest({ operator }: Stage): Promise<void> {
  const document = {
    kind: 'Agreement',
    id: 'agr-after-school',
    version: 1,
    title: { zh: '户籍人口用于课后服务报名的共享协议', en: 'Households for after-school care' },
    provider: 'pub-security',
    consumer: 'education',
    purposes: ['school-enrolment'],
    basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
    valid: requestTerm(Date.now()),
    grants: [
      {
        dataset: household,
        schema: 'household@1',
        lookupBy: ['person_id'],
        requires: ['on-behalf-of', 'lookup'],
        limits: { rowsPerCall: 1, callsPerDay: 200 },
        fields: { name: { mask: 'clear' }, birth_date: { mask: 'clear' } },
      },
    ],
  };
  const commitment = createHash('sha256').update('承诺书', 'utf8').digest('hex');
  const papers = { reason: '核对报名儿童的姓名和年龄，免交户口簿', commitment };
  const { token } = openStaffAccess({ as: 'asker' });
  bodyOf(await operator.post('/v1/requests', { document, papers }, token));
}

/** For the clerk: a day of hourly values, three of them with a word that the mapping does not know. */
async function leaveHeld({ folder }: Stage): Promise<void> {
  const [header = '', ...lines] = readFileSync(airFile, 'utf8').trim().split('\n');
  const day = lines.slice(0, hours).map((line, hour) => {
    const cells = line.split(',').with(2, '10');
    return (hour % 8 === 3 ? cells.with(5, '仪器维护') : cells).join(',');
  });
  const ecology = DatongClient.fromProfile(openProfile({ as: 'ecology' }));
  try {
    const file = join(folder, 'files', 'Aotizhongxin-2016-10.csv');
    writeFileSync(file, [header, ...day, ''].join('\n'), { mode: 0o600 });
    await expectRefusal(
      () => ecology.sendFile('ecology.air-quality-hourly', file, { mapping: 'prsa' }),
      'too_many_bad_rows',
    );
  } finally {
    ecology.close();
  }
}

/** For the officer: a department that tries and tries. */
async function leaveFinding({ hub }: Stage): Promise<void> {
  const stranger = DatongClient.fromProfile(openProfile({ as: 'transport' }));
  const context = { purpose: 'statistics', agreement: 'agr-school-enrolment' };
  try {
    for (let n = 0; n < attempts; n += 1)
      await expectRefusal(() => stranger.query(household, {}, context), 'no_agreement');
  } finally {
    stranger.close();
  }
  await hub.runner.run('watchLog');
}

/** For the citizen: their own consent, an access under it, and the app that opens their page. */
async function openPersonsPages({ hub, personApp }: Stage, child: Resident): Promise<void> {
  const app = DatongClient.fromProfile(openProfile({ as: 'pub-security' }));
  const education = DatongClient.fromProfile(openProfile({ as: 'education' }));
  try {
    const { guardian: _guardian, ...consent } = consentFor(child);
    await app.giveConsent({ ...consent, id: 'meals-2026-0900', person: child.guardian });
    await education.query(household, aboutChild({ id: child.guardian }), mealsContext);
  } finally {
    app.close();
    education.close();
  }
  personApp.serve(
    [
      {
        title: { zh: '以家长本人进入', en: 'Log in as the parent, for themselves' },
        open: () => open(child.guardian, 'self'),
      },
      {
        title: { zh: '以监护人进入，查看孩子的', en: 'Come in as the guardian, for the child' },
        open: () => open(child.id, 'guardian'),
      },
    ],
    hub.services.hub.citizen?.origin ?? "'none'",
  );
}

/** The department vouches for the person. @returns the address for their browser */
async function open(person: string, presentedBy: 'self' | 'guardian'): Promise<string> {
  const app = DatongClient.fromProfile(openProfile({ as: 'pub-security' }));
  try {
    return (await app.openOwnPage({ person, presentedBy, assurance: 'high' })).json.url;
  } finally {
    app.close();
  }
}

/** @throws any other error */
async function expectRefusal(act: () => Promise<unknown>, code: string): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof DatongProblem && error.code === code) return;
    throw error;
  }
  throw new Error(`it was not refused: ${code}`);
}
