import { lazily } from '../../../terms/lazily.ts';

/**
 * CCSID 1388, double-byte part (837 and its extension), as runs against GB18030: gap before the run, first GB18030 index, length, each in
 * base 36. Host codes are counted 40–FE a row; GB18030 indexes count two-byte codes from 8140, then from 30000 four-byte ones from
 * 81308130. From `iconv -f IBM1388`, read by TextDecoder('gb18030').
 */
const hostChineseRuns =
  '0 4rk 1,5b 5iu o,8 5hy o,7 5ok x,g 4wu a,5 5n8 x,g 4z2 c,c 4tl 1,0 52h 1,0 52v 1,0 52b 1,0 52e 1,0 54n 1' +
  ',0 529 1,9 524 1,0 527 1,0 52d 1,0 52c 1,0 52u 1,0 5vq 1,0 52g 1,0 52i 1,8 5vr 1,0 52f 1,0 528 1,0 53u 1' +
  ',0 52x 2,9 53v 1,0 52t 1,0 526 1,0 52z 1,0 52a 1,0 52w 1,0 525 1,1 53w 9,7 545 9,7 54p 1,0 54e 8,m 54m 1' +
  ',0 530 9,6 54o 1,0 539 9,6 4ti 1,1 53i 8,6 52j a,6 4rm 1,0 4s7 2,0 4rl 1,0 4rn 1,0 5ex 1,0 5co 1,0 5cq 1' +
  ',0 5cs 1,0 4tk 1,6 5cu 1,0 5cw 1,0 5ei 1,0 5ek 1,0 5em 1,0 5dm 1,0 5et 1,0 5w0 1,0 5f0 2,0 1g5y 1,11 5cp' +
  ' 1,0 5cr 1,0 5ct 1,0 5cv 1,0 5cx 2,0 5d0 1,0 5d2 1,0 5d4 1,0 5d6 1,1 5d8 1,0 5da 1,0 5dc 1,0 5de 1,0 5dg' +
  ' 1,0 5di 1,0 5dk 1,0 5dn 1,0 5dp 1,0 5dr 1,0 5dt 5,2 5dy 1,0 5e1 1,0 5e4 1,1 4ru 1,0 5e7 1,0 5ea 1,0 5ed' +
  ' 5,0 5ej 1,0 5el 1,1 5en 4,a 5er 2,0 5eu 1,0 5ey 1,0 5w1 2,0 5cz 1,0 5d1 1,0 5d3 1,0 5d5 1,0 5d7 1,0 5d9' +
  ' 1,0 5db 1,0 5dd 1,0 5df 1,0 5dh 1,0 5dj 1,0 5dl 1,0 5do 1,0 5dq 1,0 5ds 1,0 5dz 1,0 5e2 1,0 5e5 1,0 5e8' +
  ' 1,0 5eb 1,0 5ez 1,0 5e0 1,0 5e3 1,0 5e6 1,0 5e9 1,0 5ec 1,0 5ev 2,0 5w3 2,2 53r 1,w 4s9 2,0 53q 1,0 53s' +
  ' 1,0 59n 1,0 57e 1,0 57g 1,0 57i 1,0 5py 1,0 4sf 1,0 4t4 1,0 4t9 1,0 4th 1,1 n6n 1,0 57k 1,0 57m 1,0 598' +
  ' 1,0 59a 1,0 59c 1,0 58c 1,0 59j 1,2 5vw 1,0 4rr 1,0 1g5z 1,0 4rs 1,0 5w5 1,0 5xh 1,0 4rq 1,0 4rx 1,0 4r' +
  'z 1,0 4s1 1,0 4s3 1,0 4s5 1,0 4sd 1,0 4t7 1,0 4tb 2,0 4tn 1,0 4u0 1,0 5s4 1,0 5vu 1,0 4to 1,0 5vt 1,0 53' +
  't 1,0 4ry 1,0 4s0 1,0 4s2 1,0 4s4 1,0 4s6 1,0 4se 1,0 4t8 1,0 4ta 1,0 4td 1,0 4sg 2,0 4rv 1,0 4u5 1,0 5p' +
  'z 1,0 4rw 1,1 57f 1,0 57h 1,0 57j 1,0 57l 1,0 57n 2,0 57q 1,0 57s 1,0 57u 1,0 57w 1,1 57y 1,0 580 1,0 58' +
  '2 1,0 584 1,0 586 1,0 588 1,0 58a 1,0 58d 1,0 58f 1,0 58h 1,0 58j 5,2 58o 1,0 58r 1,0 58u 1,2 58x 1,0 59' +
  '0 1,0 593 5,0 599 1,0 59b 1,1 59d 4,a 59h 2,0 59k 1,0 59o 1,2 57p 1,0 57r 1,0 57t 1,0 57v 1,0 57x 1,0 57' +
  'z 1,0 581 1,0 583 1,0 585 1,0 587 1,0 589 1,0 58b 1,0 58e 1,0 58g 1,0 58i 1,0 58p 1,0 58s 1,0 58v 1,0 58' +
  'y 1,0 591 1,1 58q 1,0 58t 1,0 58w 1,0 58z 1,0 592 1,0 59l 2,0 5w6 2,2 4tr 2,0 4ty 2,0 4tt 1,0 4tp 2,0 4t' +
  'u 4,0 5rx 1,0 5rw 1,0 4te 3,0 4u1 4,g 4ro 2,k 4sb 2,5 4si m,1 4t5 2,d 4tj 1,2 4tm 1,11 4xa 14,8 4ye b,5 ' +
  '4yq a,5 5si w,4 5ti 11,q 5xv 24,g 5jp c,0 5k3 5,0 5k9 2,9 o42 4i,1 o8k 2m,1 6yq 2m,2 740 1r,1 75r v,0 79' +
  'a 2m,2 7ek 1r,1 7gb v,0 7ju 2m,2 7p4 1r,1 7qv v,0 7ue 2m,2 7zo 1r,1 81f v,0 84y 2m,2 8a8 1r,1 8bz v,0 8f' +
  'i 2m,2 8ks 1r,1 8mj v,0 8q2 2m,2 8vc 1r,1 8x3 v,0 90m 2m,2 95w 1r,1 97n v,0 9b6 2m,2 9gg 1r,1 9i7 v,0 9l' +
  'q 2m,2 9r0 1r,1 9sr v,0 9wa 2m,2 a1k 1r,1 a3b v,0 a6u 2m,2 ac4 1r,1 adv v,0 ahe 2m,2 amo 1r,1 aof v,0 ar' +
  'y 2m,2 ax8 1r,1 ayz v,0 b2i 2m,2 b7s 1r,1 b9j v,0 bd2 2m,2 bic 1r,1 bk3 v,0 bnm 2m,2 bsw 1r,1 bun v,0 by' +
  '6 2m,2 c3g 1r,1 c57 v,0 c8q 2m,2 ce0 1r,1 cfr v,0 cja 2m,2 cok 1r,1 cqb q,5 ctu 2m,2 cz4 1r,1 d0v v,0 d4' +
  'e 2m,2 d9o 1r,1 dbf v,0 dey 2m,2 dk8 1r,1 dlz v,0 dpi 2m,2 dus 1r,1 dwj v,0 e02 2m,2 e5c 1r,1 e73 v,0 ea' +
  'm 2m,2 efw 1r,1 ehn v,0 el6 2m,2 eqg 1r,1 es7 v,0 evq 2m,2 f10 1r,1 f2r v,0 f6a 2m,2 fbk 1r,1 fdb v,0 fg' +
  'u 2m,2 fm4 1r,1 fnv v,0 fre 2m,2 fwo 1r,1 fyf v,0 g1y 2m,2 g78 1r,1 g8z v,0 gci 2m,2 ghs 1r,1 gjj v,0 gn' +
  '2 2m,2 gsc 1r,1 gu3 v,0 gxm 2m,2 h2w 1r,1 h4n v,0 h86 2m,2 hdg 1r,1 hf7 v,2o pw2 5a,1 q1c 1u,0 ro2 3g,1 ' +
  'rri 1g,0 11wt 3u,1 120n 5a,1 125x 5a,1 12b7 5a,1 12gh 5a,1 12lr 5a,1 12r1 40,1b 632 1r,1 64t v,0 68c 2m,' +
  '2 6dm 1r,1 6fd v,0 6iw 2m,2 6o6 1r,1 6px v,0 6tg 2m,2 hiq 1r,1 hkh v,0 ho0 2m,2 hta 1r,1 hv1 v,0 hyk 2m,' +
  '2 i3u 1r,1 i5l v,0 i94 2m,2 iee 1r,1 ig5 v,0 4ow 2m,2 4ri 2,0 4u6 1p,1 4vv z,0 4zg 2i,2 51y 6,0 54q 1l,1' +
  ' 56b 13,0 5a0 2e,2 5ce a,0 5fa 1h,1 5gr 17,0 5kk 2a,2 5mu e,4x 0 1r,1 1r 3h,2 58 1r,1 6z 3h,2 ag 1r,1 c7' +
  ' 3h,2 fo 1r,1 hf 3h,2 kw 1r,1 mn 3h,2 q4 1r,1 rv 3h,2 vc 1r,1 x3 3h,2 10k 1r,1 12b 3h,2 15s 1r,1 17j 3h,' +
  '2 1b0 1r,1 1cr 3h,2 1g8 1r,1 1hz 3h,2 1lg 1r,1 1n7 3h,2 1qo 1r,1 1sf 3h,2 1vw 1r,1 1xn 3h,2 214 1r,1 22v' +
  ' 3h,2 26c 1r,1 283 3h,2 2bk 1r,1 2db 3h,2 2gs 1r,1 2ij 3h,2 2m0 1r,1 2nr 3h,2 2r8 1r,1 2sz 3h,2 2wg 1r,1' +
  ' 2y7 3h,2 31o 1r,1 33f 3h,2 36w 1r,1 38n 3h,2 3c4 1r,1 3dv 3h,2 3hc 1r,1 3j3 3h,2 3mk 1r,1 3ob 3h,2 3rs ' +
  '1r,1 3tj 3h,2 3x0 1r,1 3yr 3h,2 428 1r,1 43z 3h,2 47g 1r,1 497 3h,2 4co 1r,1 4ef 3h,2 4hw 1r,1 4jn 3h,2 ' +
  '4n4 1r,1 4ov 1,0 60e 2o,0 65o s,2 66g 1r,1 687 5,0 6ay 2o,0 6g8 o,2 6gw 1r,1 6in 9,0 6li 2o,0 6qs k,2 6r' +
  'c 1r,1 6t3 d,0 6w2 2o,0 71c g,2 71s 1r,1 73j h,0 76m 2o,0 7bw c,2 7c8 1r,1 7dz l,0 7h6 2o,0 7mg 8,2 7mo ' +
  '1r,1 7of p,0 7rq 2o,0 7x0 4,2 7x4 1r,1 7yv t,0 82a 2o,2 87k 1r,1 89b x,0 8cu 2k,2 8fe 4,0 8i4 1n,1 8jr 1' +
  '1,0 8ne 2g,2 8pu 8,0 8so 1j,1 8u7 15,0 8xy 2c,2 90a c,0 938 1f,1 94n 19,0 98i 28,2 9aq g,0 9ds 1b,1 9f3 ' +
  '1d,0 9j2 24,2 9l6 k,0 9oc 17,1 9pj 1h,0 9tm 20,2 9vm o,0 9yw 13,1 9zz 1l,0 a46 1w,2 a62 s,0 a9g z,1 aaf ' +
  '1p,0 aeq 1s,2 agi w,0 ak0 v,1 akv 1t,0 apa 1o,2 aqy 10,0 auk r,1 avb 1x,0 azu 1k,2 b1e 14,0 b54 n,1 b5r ' +
  '21,0 bae 1g,2 bbu 18,0 bfo j,1 bg7 25,0 bky 1c,2 bma 1c,0 bq8 f,1 bqn 29,0 bvi 18,2 bwq 1g,0 c0s b,1 c13' +
  ' 2d,0 c62 14,2 c76 1k,0 cbc 7,1 cbj 2h,0 cgm 10,2 chm 1o,0 clw 3,1 clz 2l,0 cr6 w,2 cs2 1r,1 ctt 1,0 cwg' +
  ' 2o,0 d1q s,2 d2i 1r,1 d49 5,0 d70 2o,0 dca o,2 dcy 1r,1 dep 9,0 dhk 2o,0 dmu k,2 dne 1r,1 dp5 d,0 ds4 2' +
  'o,0 dxe g,2 dxu 1r,1 dzl h,0 e2o 2o,0 e7y c,2 e8a 1r,1 ea1 l,0 ed8 2o,0 eii 8,2 eiq 1r,1 ekh p,0 ens 2o,' +
  '0 et2 4,2 et6 1r,1 eux t,0 eyc 2o,2 f3m 1r,1 f5d x,0 f8w 2k,2 fbg 4,0 fe6 1n,1 fft 11,0 fjg 2g,2 flw 8,0' +
  ' foq 1j,1 fq9 15,0 fu0 2c,2 fwc c,0 fza 1f,1 g0p 19,0 g4k 28,2 g6s g,0 g9u 1b,1 gb5 1d,0 gf4 24,2 gh8 k,' +
  '0 gke 17,1 gll 1h,0 gpo 20,2 gro o,0 guy 13,1 gw1 1l,0 h08 1w,2 h24 s,0 h5i z,1 h6h 1p,0 has 1s,2 hck w,' +
  '0 hg2 v,1 hgx 1t,0 hlc 1o,2 hn0 10,0 hqm r,1 hrd 1x,0 hvw 1k,2 hxg 14,0 i16 n,1 i1t 21,0 i6g 1g,2 i7w 13' +
  ',48 5pu 4,0 4rt 1,0 5q0 1m,1 5rm a,0 5ry 6,0 5s5 2,0 5v4 m,0 5w8 19,16 i8z 5,0 ibq 1m,1 idc 12,2h wqv 5a' +
  ',1 ww5 5a,1 x1f 5a,1 x6p 5a,1 xbz 5a,1 xh9 5a,1 xmj 5a,1 xrt 5a,1 xx3 5a,1 y2d 5a,1 y7n 5a,1 ycx 5a,1 yi' +
  '7 5a,1 ynh 5a,1 ysr 5a,1 yy1 5a,1 z3b 5a,1 z8l 5a,1 zdv 5a,1 zj5 5a,1 zof 5a,1 ztp 5a,1 zyz 5a,1 1049 5a' +
  ',1 109j 5a,1 10et 5a,1 10k3 5a,1 10pd 5a,1 10un 5a,1 10zx 5a,1 1157 5a,1 11ah 5a,1 11fr 5a,vv 11l1 5a,1 ' +
  '11qb 28,39 1gre 4,w 1gse 4,g 1gsy 8,k 1gtq 4,11 1guv 19,f0 1hcp a,2 1hd1 4,4 1hd9 e,2 1hdp b,1 1he0 1,g ' +
  '1heh 18,6 1hfv 2,a 5ji 7,0 5k1 2,0 5k8 1';

/** 191 codes a row: 40–FE. */
const rowLength = 191;

/** Code point of a double-byte host code (CCSID 935, 1388); U+FFFD for codes without a character. */
export function hostChinese(pair: number): number {
  if (pair === 0x4040) return 0x3000;
  // private use in CCSID 1388; TextDecoder('gb18030') reads its code A3A0 as an ideographic space
  if (pair === 0x7e46) return 0xe5e5;
  const row = (pair >> 8) - 0x40;
  const column = (pair & 0xff) - 0x40;
  if (row < 0 || column < 0 || column >= rowLength) return 0xfffd;
  return hostTable()[row * rowLength + column] ?? 0xfffd;
}

const hostTable = lazily((): Uint32Array => {
  const filled = new Uint32Array(rowLength * rowLength).fill(0xfffd);
  const decoder = new TextDecoder('gb18030');
  let host = 0;
  for (const run of hostChineseRuns.split(',')) {
    const [gap = 0, first = 0, length = 0] = run.split(' ').map((word) => Number.parseInt(word, 36));
    host += gap;
    const characters = [...decoder.decode(gb18030Run(first, length))];
    characters.forEach((character, i) => {
      filled[host + i] = character.codePointAt(0) ?? 0xfffd;
    });
    host += length;
  }
  return filled;
});

const fourByteFrom = 30_000;

function gb18030Run(first: number, length: number): Uint8Array {
  const bytes: number[] = [];
  for (let index = first; index < first + length; index += 1) {
    if (index < fourByteFrom) {
      const trail = index % 190;
      bytes.push(0x81 + Math.floor(index / 190), 0x40 + trail + (trail >= 0x3f ? 1 : 0));
    } else {
      let rest = index - fourByteFrom;
      const fourth = rest % 10;
      rest = Math.floor(rest / 10);
      const third = rest % 126;
      rest = Math.floor(rest / 126);
      bytes.push(0x81 + Math.floor(rest / 10), 0x30 + (rest % 10), 0x81 + third, 0x30 + fourth);
    }
  }
  return Uint8Array.from(bytes);
}
