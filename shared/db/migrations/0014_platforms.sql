-- TikTok Ads and Google Ads can be connected like shops and Meta's ad accounts.
alter table integrations drop constraint integrations_platform_check;
alter table integrations add constraint integrations_platform_check check (platform in ('shopify', 'meta', 'tiktok', 'google-ads'));
