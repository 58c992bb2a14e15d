import { compensatedSum } from '#numeric';
export const x = compensatedSum([1]);
