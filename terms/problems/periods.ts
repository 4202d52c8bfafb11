/** Problems of rows that are merged by key and partitioned by period. */
export const periodProblems = {
  batch_merged: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 按主键合并数据：一个批次合并后不能整批恢复或重新处理',
      en: 'rows of {dataset} are merged by key: a batch that was merged is neither taken back nor read again as a whole',
    },
    next: {
      zh: '再报送一份文件，把这些主键改回原来的取值；该批次新带来的主键，用 datong batch delete 删除',
      en: 'send a file with these keys and their former values, and delete the keys that came only with it (datong batch delete)',
    },
  },
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
      en: 'the batch contains rows from before {first}, whose retention has ended',
    },
    next: {
      zh: '丢弃该批次，去掉过期的行后重新报送',
      en: 'drop it and send the file again without the rows that are too old',
    },
  },
  batch_periods_left: {
    status: 422,
    who: 'provider',
    text: {
      zh: '被更正批次 {batch} 的 {rows} 行早于 {first}，该期间的数据已过保存期限，未随更正发布',
      en: '{rows} rows of the corrected batch {batch} are from before {first}, whose retention has ended: they were not taken over',
    },
    next: {
      zh: '无需处理；其余合格行已与改正的行一起发布',
      en: 'nothing; its other good rows were published with the corrected ones',
    },
  },
  periods_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: '数据分期不可用：{reason}', en: 'the periods cannot be used: {reason}' },
    next: {
      zh: '按说明更正 intake.periods；主键不含日期的，用 deleteWhere 或按主键的删除（datong batch delete）使行到期离开，或每年登记一个数据资源',
      en: 'correct intake.periods as the reason states; where no date belongs in the key, delete rows by deleteWhere or by their keys (datong batch delete), or register a dataset for each year',
    },
  },
  periods_fixed: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 的分期方式不可更改，现为：{periods}；只有保存期数（keep）可以更改',
      en: 'the partitioning of {dataset} by period never changes (it is: {periods}); only keep may change',
    },
    next: {
      zh: '另登记一个写明 intake.periods 的数据资源，向其报送应保留的文件；需求部门换签其共享协议后，退役原资源（datong dataset retire）',
      en: 'register another dataset with intake.periods and send the files to it that must stay; once its consumers have agreements on it, retire this one (datong dataset retire)',
    },
  },
} as const;
