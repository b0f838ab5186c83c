-- The placements that sheets tell of up to $until_day (null: of all days), each once, for whoever
-- asks for what was agreed. Grain: one placement.
--
-- Rows of one site, linking page, target, campaign and code are one placement, told several times:
-- a corrected sheet tells it anew. The row of the latest day speaks; of equal days that of the
-- latest import; within one import the one that says more, column by column. The placement's
-- `row_id` is the smallest of all its rows', whichever speaks: the same up to any day.
WITH told AS (
    SELECT
        placements.*,
        min(row_id) OVER (
            PARTITION BY site, source_page, target_page, lower(campaign), lower(code)
        ) AS placement_id
    FROM placements
),
spoken AS (
    SELECT
        told.*,
        row_number() OVER (
            PARTITION BY placement_id
            ORDER BY
                day DESC NULLS LAST,
                import_id DESC,
                cost DESC NULLS LAST,
                currency DESC NULLS LAST,
                acquired DESC NULLS LAST,
                owner DESC NULLS LAST,
                contact DESC NULLS LAST,
                row_id
        ) AS turn
    FROM told
    WHERE $until_day IS NULL OR day IS NULL OR day <= $until_day
)
SELECT
    placement_id AS row_id,
    import_id,
    position,
    site,
    live_url,
    source_page,
    source_host,
    source_domain,
    source_identity,
    target_url,
    target_page,
    anchor,
    rel,
    acquired,
    contact,
    day,
    cost,
    currency,
    owner,
    campaign,
    code,
    reach
FROM spoken
WHERE turn = 1
