/** 标准地址 / Address: generated from urn:datong:address:1.0, do not edit. */

/** 标准地址 / Address; 地名地址；结构参照 GB/T 23705，代码依据 GB/T 2260、GB/T 10114 */
export interface AddressRecord {
  /** 地址编码 / Address code */
  address_id: string;
  /** 地址全称 / Full address */
  full: string;
  /** 县级行政区划 / County-level division; format: cn-admin-code */
  region_code: string;
  /** 乡镇街道 / Town or street office */
  town: string | null;
  /** 社区（村） / Community or village */
  community: string | null;
  /** 街路巷 / Road */
  road: string | null;
  /** 门牌号 / House number */
  house_no: string | null;
  /** 楼栋 / Building */
  building: string | null;
  /** 单元 / Unit */
  unit: string | null;
  /** 户室 / Room */
  room: string | null;
  /** 经度 / Longitude; unit: deg */
  lon: number | null;
  /** 纬度 / Latitude; unit: deg */
  lat: number | null;
  /** 状态 / Status */
  status: '在用' | '历史' | '规划';
  /** 启用日期 / In use from; format: date */
  valid_from: string;
}
