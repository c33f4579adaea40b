-- The oldest order whose journey is still to come marks figures as provisional with every read of them.
create index orders_without_journey on orders (tenant_id, brand_id, day) where journey = 'pending';
