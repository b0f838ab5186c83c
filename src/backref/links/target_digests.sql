-- Which looks at targets each bucket of links rests on. Grain: one of `target_looks`.
select partition, md5(concat_ws('|', hex(row_id), leads)) as digest from target_looks
