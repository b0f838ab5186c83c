-- The placements of the sheets, each once. Grain: one placement.
--
-- Rows of one site, linking page, target, campaign and code are one placement, told several times:
-- a corrected sheet tells it anew. The row of the latest day speaks; of equal days that of the
-- latest import; within one import the one that says more, column by column.
-- The ledger chooses likewise (`agreed` in `ledger.sql`).
WITH told AS (
    SELECT
        placements.*,
        row_number() OVER (
            PARTITION BY
                site, source_page, target_page, lower(campaign), lower(code)
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
    FROM placements
)
SELECT row_id, source_page, source_host, target_page, campaign, code
FROM told
WHERE turn = 1
