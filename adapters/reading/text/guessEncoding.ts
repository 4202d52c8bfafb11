/** Guesses the encoding of text for which none is named, and determines whether the text proves it. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { recordProblem } from '../rowRules.ts';
import { decoderOf } from './decoder.ts';
import { utf8OrGb18030 } from './sniffEncoding.ts';

/**
 * Whether a text decoded as GB18030 is likely to be Chinese. Nearly any bytes are valid GB18030: Korean and Cyrillic capitals even map to
 * common characters. But of the 3,755 common characters a few hundred make up most of every Chinese text, including names and addresses.
 * Other languages match them only by chance: about one in eight.
 */

/** The most frequent characters of running text, of surnames, given names, places, and of forms. */
const frequent = new Set(
  '的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切陈刘杨赵吴徐孙朱胡郭何林罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超霞刚玲桂英梅燕兰云洁莉凤荣建鹏辉波斌宇浩凯健俊帆雪婷玉萍省县镇乡村街号楼室栋幢单元路巷弄州河湖港湾岛桥庄镇园苑店厂矿局处科股站所院校医卫生财税证码姓性别族汉址址籍户籍贯职称务单联系邮编备注编序类型状态日期金额总收支费率合计元角分省市区县津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵滇陕甘宁蒙藏新青隆盛祥福德昌永顺源泰和兴达通宏鑫诚信贸易有限责任公司集团股份厂店行业企事业农林牧渔土地房屋产权不动登记抵押面积用途住宅商服务社会保险养老失业伤育疗基数缴费年月测监控空气质量浓度温湿压雨雪风',
);

/** Share below which matches are due to chance, except for a few where there is little text. */
const share = 0.3;

const chance = 1.5;

const marks = /[\u3000-\u303f\uff00-\uffef\u2010-\u2027\u00b7\u00d7]/;

/** @param text decoded as GB18030, with U+FFFD for invalid bytes */
function plausibleChinese(text: string): boolean {
  let known = 0;
  let all = 0;
  for (const character of text) {
    if (character < '\u0080' || marks.test(character)) continue;
    all += 1;
    if (frequent.has(character)) known += 1;
  }
  return known >= all * share + chance;
}

export interface EncodingGuess {
  readonly encoding: 'utf-8' | 'gb18030';
  /** false: another encoding is possible as well */
  readonly proven: boolean;
}

/** Number of two-byte characters that must conform to UTF-8 to exclude chance; each longer one is proof. */
const enough = 4;

/** @param sample text that contains bytes above 7F, in whole characters as far as possible */
export function guessedEncoding(sample: Uint8Array): EncodingGuess {
  const encoding = utf8OrGb18030(sample);
  const text = decoderOf(encoding, false).decode(sample);
  if (encoding === 'gb18030') return { encoding, proven: plausibleChinese(text) };
  return {
    encoding,
    proven: /[\u0800-\uffff]/.test(text) || (text.match(/[^\0-\x7f]/g) ?? []).length >= enough,
  };
}

/** The doubt about a whole file whose text does not prove its encoding. */
export const encodingDoubt = (guess: EncodingGuess | undefined): RowProblem | undefined =>
  guess === undefined || guess.proven
    ? undefined
    : recordProblem(0, 'encoding.guessed', guess.encoding, { encoding: guess.encoding });
