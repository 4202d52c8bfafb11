/** Values of the hub's vocabulary that the form offers. A test compares them with the vocabulary. */
export const classes = ['general', 'important', 'core'] as const;
export const levels = ['L1', 'L2', 'L3', 'L4'] as const;
export const personals = ['none', 'personal', 'sensitive'] as const;
export const subjects = ['person', 'organization', 'place'] as const;
export const semantics = [
  'cn.resident-id',
  'cn.uscc',
  'cn.admin-code',
  'cn.mobile',
  'cn.bank-card',
  'person.name',
  'address.full',
  'geo.lon',
  'geo.lat',
  'time.event',
] as const;
