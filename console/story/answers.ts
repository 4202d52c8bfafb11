/** What a hub would answer to the elements of the story page, which has none. */
const title = { zh: '站点', en: 'Station' };
const clear = {
  rule: { mask: 'clear' },
  title: { zh: '原值', en: 'clear' },
  reveals: { zh: '全部', en: 'all of it' },
  proposed: false,
  value: 'S-01',
};
const shape = { name: 'station', title, type: 'string', personal: 'none', sensitivity: 'L1', value: 'S-01' };
const answers: Readonly<Record<string, object>> = {
  '/v1/purposes': {
    purposes: [{ code: 'environment-study', title: { zh: '环境研究', en: 'Environment study' } }],
  },
  '/v1/datasets/ecology.air/mask-trials': {
    schema: 'air@2',
    fields: [{ ...shape, masks: [clear] }],
    row: {},
  },
  '/v1/datasets/ecology.air': {
    dataset: { id: 'ecology.air', title: { zh: '空气质量', en: 'Air quality' } },
  },
  '/v1/datasets': { datasets: [{ id: 'ecology.air', title: { zh: '空气质量', en: 'Air quality' } }] },
  '/v1/request-templates': { templates: [] },
  '/v1/code-lists': { codeLists: [] },
};
const unknown = {
  code: 'not_found',
  detail: { zh: '没有', en: 'there is none' },
  next: { zh: '返回', en: 'go back' },
  who: 'caller',
};

/** From now on, calls of the API are answered on this page. */
export function answerHere(): void {
  const ask = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, window.location.href);
    if (!pathname.startsWith('/v1/')) return ask(input, init);
    const found = answers[pathname];
    return Response.json(found ?? unknown, { status: found === undefined ? 404 : 200 });
  };
}
