/** Rows that stand apart by period. */
export const periodProblems = {
  batch_periods_many: {
    status: 422,
    who: 'provider',
    text: {
      zh: '文件含 {periods} 个尚未建立的期间，一个批次最多新建 {most} 个，一个数据资源最多 {all} 个',
      en: 'the file begins {periods} periods; a batch may begin {most}, and a dataset have {all}',
    },
    next: {
      zh: '核对日期列与映射；确有多年历史数据的，按年分期',
      en: 'check the column of days and the mapping; where years of history are meant, let the periods be years',
    },
  },
  batch_periods_over: {
    status: 422,
    who: 'provider',
    text: {
      zh: '该批次含 {first} 之前的数据行，其保存期限已过',
      en: 'the batch holds rows from before {first}, which are not kept any more',
    },
    next: {
      zh: '丢弃该批次，去掉过期的行后重新报送',
      en: 'drop it and send the file again without the rows that are too old',
    },
  },
  periods_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: '数据分期不可用：{reason}', en: 'the periods cannot be used: {reason}' },
    next: { zh: '按说明更正 intake.periods', en: 'mend intake.periods as the reason says' },
  },
  periods_fixed: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 的分期方式不可更改，现为：{periods}；只有保存期数（keep）可以更改',
      en: 'how the rows of {dataset} stand apart by period never changes (it is: {periods}); keep alone may',
    },
    next: {
      zh: '另登记一个数据资源，并重新报送文件',
      en: 'register another dataset, and send the files to it',
    },
  },
} as const;
