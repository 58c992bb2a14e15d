/** What an upload of rows may cost before its rows are read. */
export const datasetUploadLimits = Object.freeze({
  /** Bytes of the whole body. */
  totalBytes: 2 ** 30,
  /** The fields and the file. */
  parts: 6,
  /** Files of rows read at once by one process; others wait. */
  readersAtOnce: 2,
});
