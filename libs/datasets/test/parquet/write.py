# Wrote the .parquet files beside it. pyarrow 26.0.1, Apache-2.0; the rows are the specs' own.
import pyarrow as pa
import pyarrow.parquet as pq

people = pa.table({
    "age": pa.array([39, 41, 0], pa.int64()),
    "hours": pa.array([40.5, -0.0, 1e-7], pa.float64()),
    "job": pa.array(["clerk", "baker", "clerk"]),
    "paid": pa.array([0, 1, 1], pa.int32()),
})
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    pq.write_table(people, f"people-{codec}.parquet", compression=codec, row_group_size=2)
pq.write_table(people, "people-v2.parquet", data_page_version="2.0", use_dictionary=False)
pq.write_table(pa.table({"age": pa.array([1, None], pa.int64()), "tags": pa.array([["a"], []])}), "nested.parquet")
pq.write_table(pa.table({"age": pa.array([0] * 2_000_000, pa.int64())}), "long-group.parquet", compression="gzip", row_group_size=2_000_000)
pq.write_table(pa.table({"text": pa.array(["x" * 1_000_000] * 300)}), "wide-text.parquet", compression="zstd", row_group_size=300, use_dictionary=True)
