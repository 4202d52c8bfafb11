/**
 * Masks of attachments. The value in a row, an id, stays as it is. The bytes that a download of it returns are changed
 * (hub/flows/attachments/rendition.ts).
 */
import { defineMask, noParams, sameMask, textTypes } from '../mask.ts';

const formats = ['attachment'] as const;

/** The image without what its camera recorded: time, place, device, preview. */
export const stripMetadata = defineMask({
  name: 'stripMetadata',
  title: { zh: '去除图片元数据', en: 'image without metadata' },
  examples: [
    { value: '0198c0de-0000-7000-8000-000000000001', becomes: '0198c0de-0000-7000-8000-000000000001' },
  ],
  types: textTypes,
  formats,
  params: noParams,
  compile: () => (value) => value,
  output: (schema) => schema,
  meet: (_mine, other) =>
    other.name === 'stripMetadata' || other.name === 'maxEdge'
      ? { name: other.name, params: other.params }
      : undefined,
  reveals: () => ({
    zh: '图片画面，不含拍摄时间、地点、设备',
    en: 'the picture, without time, place and device',
  }),
  copies: (points) => points.map((_, i) => i),
});

const params = { pixels: { kind: 'integer', min: 16, max: 8192, default: 1024 } } as const;

/** The image scaled down so that its longer edge has at most so many pixels, without metadata. */
export const maxEdge = defineMask({
  name: 'maxEdge',
  title: { zh: '缩小图片', en: 'smaller image' },
  examples: [
    {
      params: { pixels: 1024 },
      value: '0198c0de-0000-7000-8000-000000000001',
      becomes: '0198c0de-0000-7000-8000-000000000001',
    },
  ],
  types: textTypes,
  formats,
  params,
  compile: () => (value) => value,
  output: (schema) => schema,
  meet: (mine, other) => {
    if (other.name === 'stripMetadata') return { name: 'maxEdge', params: { ...mine } };
    const otherParams = sameMask<typeof params>('maxEdge', other);
    return otherParams && { name: 'maxEdge', params: { pixels: Math.min(mine.pixels, otherParams.pixels) } };
  },
  reveals: ({ pixels }) => ({
    zh: `长边至多 ${pixels} 像素的图片画面，不含元数据`,
    en: `the picture at ${pixels} pixels or less, without metadata`,
  }),
  copies: (points) => points.map((_, i) => i),
});

/** Masks under which a record has the stored value itself. */
export const storedValueMasks: ReadonlySet<string> = new Set(['clear', stripMetadata.name, maxEdge.name]);
