/** Texts for fields whose meaning is tagged: plainly invented names and addresses. */
import type { Random } from './random.ts';

const surnames = Array.from('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨');
const given = Array.from('云栖溪泽屏南望舒清和安宁知行景明');
const districts = ['东溪区', '西泽区', '南屏县'];
const streets = ['柳荫路', '望湖街', '青石巷', '文昌路'];

const samplers: Readonly<Record<string, (random: Random) => string>> = {
  'person.name': (random) =>
    `${random.pick(surnames)}${random.pick(given)}${random.chance(0.6) ? random.pick(given) : ''}`,
  'address.full': (random) =>
    `云栖市${random.pick(districts)}${random.pick(streets)}${random.whole(1, 300)}号`,
};

/** A text for a semantic tag; undefined for tags that a format describes. */
export function sampleText(tag: string, random: Random): string | undefined {
  return Object.hasOwn(samplers, tag) ? samplers[tag]?.(random) : undefined;
}
