import { hasDateForm, isDateText } from '../../terms/civilDate.ts';

/** RFC 3339 full-date of the Gregorian calendar. */
export function date(text: string): 'form' | 'date' | undefined {
  if (!hasDateForm(text)) return 'form';
  return isDateText(text) ? undefined : 'date';
}

const clock = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})?$/;

/** RFC 3339 full-time. The offset is part of the value: without one the moment is unknown. */
export function time(text: string): 'form' | 'time' | 'offset' | undefined {
  const match = clock.exec(text);
  if (match === null) return 'form';
  const [, hours = '', minutes = '', seconds = '', zone] = match;
  if (zone === undefined) return 'offset';
  const offset = offsetMinutes(zone);
  if (offset === undefined) return 'offset';
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return 'time';
  if (seconds !== '60') return undefined;
  // a leap second falls on 23:59:60 UTC
  const utc = (Number(hours) * 60 + Number(minutes) - offset + 2880) % 1440;
  return utc === 1439 ? undefined : 'time';
}

/** RFC 3339 date-time, offset required. */
export function dateTime(text: string): 'form' | 'date' | 'time' | 'offset' | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[Tt ]/.test(text) || text[10] === ' ') return 'form';
  return date(text.slice(0, 10)) ?? time(text.slice(11));
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
