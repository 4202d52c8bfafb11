/** What a drill's hub has in addition to its first day: events, cases, rows by call and consents. It also runs with the files of a former release. */
import { streetCases } from '../flows/streetCases.ts';
import type { City, TestHub } from '../hub.ts';

export const topic = 'ecology.air-warnings';
export const eventType = 'ecology.air-warning-issued';
export const airQuality = 'ecology.air-quality-hourly';

/** An event that `ecology` publishes. */
export const eventOf = (id: string) =>
  ({
    specversion: '1.0',
    id,
    source: 'drill',
    type: eventType,
    data: { warning_id: id, district: '990101', level: 'orange', duty_phone: '0990-5550100' },
  }) as const;

const hourMs = 3_600_000;
const columns = 'No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station';

/** A file of `airQuality`: the first hours of a station, a row each. */
export function airFile(station: string, hours: number): Uint8Array {
  const lines = Array.from({ length: hours }, (_, nth) => {
    const at = new Date(Date.UTC(2026, 0, 1) + nth * hourMs);
    const time = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours()];
    return [nth + 1, ...time, 7, 25, 2, 69, 500, 21, 26.9, 991.2, -1.1, 0, 'WNW', 1.5, station].join(',');
  });
  return Buffer.from([columns, ...lines, ''].join('\n'), 'utf8');
}

/** A consent of an adult for school meals, which `pub-security` hands in. */
export const consentOf = (id: string, person: string, notice: string) =>
  ({
    id,
    person,
    recipient: 'education',
    dataset: 'pub-security.household',
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: notice, language: 'zh' },
    method: 'app',
  }) as const;

/** Under it education synchronises a copy of `airQuality`. */
export const airContext = { purpose: 'environment-study', agreement: 'agr-air-changes' } as const;
const airAgreement = {
  kind: 'Agreement',
  id: airContext.agreement,
  version: 1,
  title: { zh: '空气质量小时值', en: 'Hourly air quality' },
  provider: 'ecology',
  consumer: 'education',
  purposes: [airContext.purpose],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十三条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset: airQuality,
      schema: 'air-quality-hourly@1',
      filterBy: ['time'],
      deliveries: ['changes'],
      limits: { rowsPerCall: 1000, callsPerDay: 20000 },
      fields: Object.fromEntries(['station', 'time', 'pm25'].map((name) => [name, { mask: 'clear' }])),
    },
  ],
};

export interface BusyDay {
  /** dataset of cases, which takes rows by call from ecology; education and pub-security work on them */
  readonly cases: string;
  /** of education, to `topic` */
  readonly subscription: string;
  /** digest of the notice of consents for school meals */
  readonly notice: string;
}

export async function busyDay(made: TestHub, city: City): Promise<BusyDay> {
  const { education, publicSecurity, ecology } = city;
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [education, publicSecurity]);
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [education, ecology]);
  await city.apply([airAgreement], [education, ecology]);
  const subscribed = await education.client.events.subscribe(
    { topic },
    { purpose: 'public-service', agreement: 'agr-air-warnings' },
  );
  const notices = await made.hub.database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  return {
    cases: await (await streetCases(made, city)).dataset(),
    subscription: subscribed.json.id,
    notice: notices.rows[0]?.digest ?? '',
  };
}
