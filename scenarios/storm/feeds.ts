/** What the offices of the storm send: CAP 1.2 of the meteorological bureau, DATEX II of the transport bureau, water levels. */
import type { Random } from '../../schemas/sample/random.ts';
import { chinaTime } from '../chinaTime.ts';

/** The phone of the forecaster: no receiver may see it. */
export const forecaster = '15400001234';

const textOf = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export interface Warning {
  readonly alert: string;
  readonly area: string;
  readonly severity: 'Moderate' | 'Extreme';
}

/** One message, as OASIS CAP 1.2 writes it. */
export function capMessage({ alert, area, severity }: Warning, now: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>${alert}</identifier>
  <sender>qxt@yunqi.example</sender>
  <sent>${chinaTime(now)}</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>zh-CN</language>
    <category>Met</category>
    <event>暴雨</event>
    <urgency>Immediate</urgency>
    <severity>${severity}</severity>
    <certainty>Observed</certainty>
    <expires>${chinaTime(now + 6 * 3_600_000)}</expires>
    <headline>${textOf(severity === 'Extreme' ? '暴雨红色预警' : '暴雨黄色预警')}</headline>
    <contact>${forecaster}</contact>
    <area><areaDesc>云栖市</areaDesc><geocode><valueName>GB/T 2260</valueName><value>${area}</value></geocode></area>
  </info>
</alert>
`;
}

export interface Closure {
  readonly situation: string;
  readonly road: string;
}

/** Closed roads, as a DATEX II 2 publication of situations. */
export function datexFile(closures: readonly Closure[], now: number): string {
  const situations = closures.map(
    ({ situation, road }) => `    <situation id="${situation}" version="1">
      <overallSeverity>high</overallSeverity>
      <situationRecord xsi:type="RoadOrCarriagewayOrLaneManagement" id="${situation}-1" version="1">
        <validity><validityTimeSpecification><overallStartTime>${chinaTime(now)}</overallStartTime></validityTimeSpecification></validity>
        <generalPublicComment><comment><values><value lang="zh">积水封闭</value></values></comment></generalPublicComment>
        <groupOfLocations><roadNumber>${road}</roadNumber></groupOfLocations>
      </situationRecord>
    </situation>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" modelBaseVersion="2">
  <payloadPublication lang="zh">
${situations.join('\n')}
  </payloadPublication>
</d2LogicalModel>
`;
}

export interface Level {
  readonly station: string;
  readonly time: string;
  readonly level: number;
}

/**
 * One reading a minute of each station over `minutes`, ending now. Of the stations the first `rising` ones rise. A rising station gains 3 cm a minute, so that it has risen 20 cm in ten
 * minutes at its eighth reading; the others move by less than 5 cm.
 */
export function levels(
  { stations, rising }: { readonly stations: readonly string[]; readonly rising: number },
  minutes: number,
  now: number,
  random: Random,
): readonly Level[] {
  const begun = now - minutes * 60_000;
  return Array.from({ length: minutes }, (_, minute) =>
    stations.map((station, i): Level => ({
      station,
      time: chinaTime(begun + minute * 60_000),
      level: i < rising ? 200 + 3 * minute : 200 + random.whole(0, 4),
    })),
  ).flat();
}
