/** Files of hourly values as they are sent, one record for each month or year. */

/** The record of an hour in such a file. */
export const recordOf = (bytes: Buffer, nth: number): readonly string[] =>
  String(bytes).split('\r\n').at(nth)?.split(',') ?? [];

/** A file of one hour of the first day of each period. */
export const hoursFile = (periods: readonly string[], pm25 = '1', station = 'A'): Buffer =>
  Buffer.from(
    ['No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station']
      .concat(
        periods.map((period, i) => {
          const [year = '', of = '1'] = period.split('-');
          return `${i},${year},${Number(of)},1,0,${pm25},69,5,2,26,9,-1,991,0,0,NW,1.5,${station}`;
        }),
      )
      .join('\r\n'),
  );

/** An agreement by which education queries the hours of ecology: in pages and as changes, by time and value. */
export const hoursAgreement = (
  dataset: string,
  context: { readonly purpose: string; readonly agreement: string },
): object => ({
  kind: 'Agreement',
  id: context.agreement,
  version: 1,
  title: { zh: '小时值', en: 'hours' },
  provider: 'ecology',
  consumer: 'education',
  purposes: [context.purpose],
  basis: { type: 'statutory', reference: '环境保护法', clause: '第五十三条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset,
      schema: 'air-quality-hourly@1',
      filterBy: ['time', 'pm25'],
      deliveries: ['changes'],
      limits: { rowsPerCall: 1000, callsPerDay: 20000 },
      fields: { station: { mask: 'clear' }, time: { mask: 'clear' }, pm25: { mask: 'clear' } },
    },
  ],
});
