BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0009');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-30 21:43:11.920000','setup','district-made','01a22e69-712e-73d6-9073-cd6afdb1c729');
INSERT INTO "audit" VALUES(2,'2026-11-30 21:43:11.925000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-30 21:43:11.934000','cli','school-added','01a22e69-7137-7a08-b021-7e9322a66d12');
INSERT INTO "audit" VALUES(4,'2026-11-30 21:43:11.936000','cli','school-added','01a22e69-713f-7967-ba95-a699e0800fe6');
INSERT INTO "audit" VALUES(5,'2026-11-30 21:43:11.940000','cli','officer-added','01a22e69-7143-7297-87a2-50cf4577c9f3');
INSERT INTO "audit" VALUES(6,'2026-11-30 21:43:11.946000','cli','officer-posted','01a22e69-7143-7297-87a2-50cf4577c9f3');
INSERT INTO "audit" VALUES(7,'2026-11-30 21:43:11.947000','cli','officer-added','01a22e69-714a-7307-a11f-dad62038a732');
INSERT INTO "audit" VALUES(8,'2026-11-30 21:43:11.948000','cli','officer-posted','01a22e69-714a-7307-a11f-dad62038a732');
INSERT INTO "audit" VALUES(9,'2026-11-30 21:43:11.951000','cli','place-added','01a22e69-714f-78e4-a7d8-5425508e2288');
INSERT INTO "audit" VALUES(10,'2026-11-30 21:43:11.957000','cli','tag-made','01a22e69-714f-78e4-a7d8-5425508e2288 v1');
INSERT INTO "audit" VALUES(11,'2026-11-30 21:43:11.963000','cli','enrolment-code-made','01a22e69-7143-7297-87a2-50cf4577c9f3');
INSERT INTO "audit" VALUES(12,'2026-11-30 21:43:12.043000','device:01a22e69-717f-744a-91ac-e21099af6cba','device-enrolled','01a22e69-7143-7297-87a2-50cf4577c9f3');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a22e69-717f-744a-91ac-e21099af6cba','2026-11-30 21:43:12.179000');
CREATE TABLE cards (
	slug VARCHAR(8) NOT NULL, 
	officer VARCHAR(36), 
	school VARCHAR(36), 
	active BOOLEAN NOT NULL, 
	notes TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (slug), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
CREATE TABLE devices (
	id VARCHAR(36) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	platform VARCHAR(40) NOT NULL, 
	app VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "devices" VALUES('01a22e69-717f-744a-91ac-e21099af6cba','01a22e69-7143-7297-87a2-50cf4577c9f3','4a854b2b2faf00dbc8ef581382351634f2127301f1c7e5f517ec4964d7855d52','Test phone','','0.1.0','2026-11-30 21:43:12.043000','2026-11-30 21:43:12.043000',NULL);
CREATE TABLE district (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	demo BOOLEAN NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	non_emergency VARCHAR(40) NOT NULL, 
	tip_line VARCHAR(200) NOT NULL, 
	policy JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "district" VALUES('01a22e69-712e-73d6-9073-cd6afdb1c729','Test district',0,'(918) 245-8777','','','','{"photo_max_px":1600,"photo_quality":0.8,"photo_max_bytes":5000000,"keep_days":60,"lock_days":30}','2026-11-30 21:43:11.919000');
CREATE TABLE enrolment_codes (
	code_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	made_by VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by VARCHAR(36), 
	PRIMARY KEY (code_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "enrolment_codes" VALUES('d2181f97ec00ff992d03377ab0e7e411ec56259eeef731b21a394e97d132ba7b','01a22e69-7143-7297-87a2-50cf4577c9f3','cli','2026-11-30 21:43:11.963000','2026-12-03 21:43:11.963000','2026-11-30 21:43:12.043000','01a22e69-717f-744a-91ac-e21099af6cba');
CREATE TABLE family_requests (
	record VARCHAR(36) NOT NULL, 
	reference VARCHAR(16) NOT NULL, 
	sender VARCHAR(32), 
	asked_at DATETIME NOT NULL, 
	PRIMARY KEY (record), 
	UNIQUE (reference)
);
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id":"parent_contact","version":"2026112301","title":{"en":"Parent contact","es":"Contacto con la familia"},"languages":["en","es"],"class":"education","role":"counselling","goal":"collaboration","icon":"family_restroom","fields":[{"type":"select_one","name":"channel","label":{"en":"How","es":"C\u00f3mo"},"required":true,"choices":[{"name":"phone","label":{"en":"Phone","es":"Tel\u00e9fono"}},{"name":"person","label":{"en":"In person","es":"En persona"}}]},{"type":"integer","name":"minutes","label":{"en":"Minutes","es":"Minutos"},"constraint":["<=",["self"],600],"constraint_message":{"en":"At most ten hours.","es":"Diez horas como m\u00e1ximo."}},{"type":"text","name":"summary","label":{"en":"Summary","es":"Resumen"}},{"type":"image","name":"photo","label":{"en":"Photo","es":"Foto"}}]}',1,'2026-11-30 21:43:11.924000');
CREATE TABLE hand_ins (
	vault VARCHAR(32) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	files JSON NOT NULL, 
	begun_at DATETIME NOT NULL, 
	complete_at DATETIME, 
	opened_at DATETIME, 
	PRIMARY KEY (vault, officer), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE officers (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	badge VARCHAR(40) NOT NULL, 
	title VARCHAR(100) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	languages JSON NOT NULL, 
	photo VARCHAR(64), 
	role VARCHAR(20) NOT NULL, 
	active BOOLEAN NOT NULL, 
	password_hash VARCHAR(200), 
	created_at DATETIME NOT NULL, away_until DATE, substitute VARCHAR(36), 
	PRIMARY KEY (id), 
	UNIQUE (badge)
);
INSERT INTO "officers" VALUES('01a22e69-7143-7297-87a2-50cf4577c9f3','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-30 21:43:11.939000',NULL,NULL);
INSERT INTO "officers" VALUES('01a22e69-714a-7307-a11f-dad62038a732','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-30 21:43:11.946000',NULL,NULL);
CREATE TABLE places (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	building VARCHAR(100) NOT NULL, 
	floor VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	lat DOUBLE, 
	lon DOUBLE, 
	fence_m INTEGER NOT NULL, 
	instructions TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, spot_question TEXT DEFAULT '' NOT NULL, spot_answer VARCHAR(100) DEFAULT '' NOT NULL, question_set VARCHAR(40) DEFAULT '' NOT NULL, installed_by VARCHAR(100) DEFAULT '' NOT NULL, photo VARCHAR(64), spot_words JSON DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (school, building, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "places" VALUES('01a22e69-714f-78e4-a7d8-5425508e2288','01a22e69-7137-7a08-b021-7e9322a66d12','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-30 21:43:11.951000','','','','',NULL,'{}');
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a22e69-7143-7297-87a2-50cf4577c9f3','01a22e69-7137-7a08-b021-7e9322a66d12','2026-11-30 21:43:11.941000',NULL);
INSERT INTO "postings" VALUES('01a22e69-714a-7307-a11f-dad62038a732','01a22e69-713f-7967-ba95-a699e0800fe6','2026-11-30 21:43:11.947000',NULL);
INSERT INTO "postings" VALUES('01a22e69-714a-7307-a11f-dad62038a732','01a22e69-7137-7a08-b021-7e9322a66d12','2026-11-30 21:43:11.948000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a22e69-71ed-7280-ba81-6549081b2797','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a22e69-7137-7a08-b021-7e9322a66d12','image/jpeg',653);
CREATE TABLE "records" (
	id VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	place VARCHAR(36), 
	author VARCHAR(36) NOT NULL, 
	title TEXT NOT NULL, 
	occurred_at DATETIME NOT NULL, 
	first_seq BIGINT NOT NULL, 
	updated_seq BIGINT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	revisions INTEGER NOT NULL, 
	heads JSON NOT NULL, 
	answers JSON NOT NULL, 
	conflicts JSON NOT NULL, 
	missing INTEGER NOT NULL, 
	flags JSON NOT NULL, 
	standing VARCHAR(10) DEFAULT 'live' NOT NULL, 
	promises JSON DEFAULT '{}' NOT NULL, 
	follows VARCHAR(36), 
	open BOOLEAN DEFAULT 1 NOT NULL, evidence JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a22e69-71ed-7280-ba81-6549081b2797','parent_contact','2026112301','education','01a22e69-7137-7a08-b021-7e9322a66d12',NULL,'01a22e69-7143-7297-87a2-50cf4577c9f3','Parent contact','2026-11-30 21:43:12.109000',1,1,'2026-11-30 21:43:12.118000',1,'["4b56f8d1d6334932f38d19b66b8f32bc9689f2aef268d4135e942eeeba5819e9"]','{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0,NULL);
INSERT INTO "records" VALUES('01a22e69-71ed-7a80-a814-7b4cf15d4a46','parent_contact','2026112301','education','01a22e69-7137-7a08-b021-7e9322a66d12',NULL,'01a22e69-7143-7297-87a2-50cf4577c9f3','Parent contact','2026-11-30 21:43:12.109000',2,2,'2026-11-30 21:43:12.118000',1,'["5b711144d23bd37cfb4780032c2cfa160d43dc047afb1695276e65b8f96c03c1"]','{"channel":"phone"}','{}',0,'[]','live','{}',NULL,0,NULL);
CREATE TABLE "revisions" (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	hash VARCHAR(64) NOT NULL, 
	record VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	author VARCHAR(36) NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	device_seq BIGINT NOT NULL, 
	prev VARCHAR(64), 
	at VARCHAR(40) NOT NULL, 
	captured_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	body TEXT NOT NULL, 
	flags JSON NOT NULL, 
	act VARCHAR(10), 
	link VARCHAR(64) NOT NULL, 
	UNIQUE (hash)
);
INSERT INTO "revisions" VALUES(1,'4b56f8d1d6334932f38d19b66b8f32bc9689f2aef268d4135e942eeeba5819e9','01a22e69-71ed-7280-ba81-6549081b2797','parent_contact','2026112301','education','01a22e69-7137-7a08-b021-7e9322a66d12','01a22e69-7143-7297-87a2-50cf4577c9f3','01a22e69-717f-744a-91ac-e21099af6cba',1,NULL,'2026-11-30T21:43:12.109+00:00','2026-11-30 21:43:12.109000','2026-11-30 21:43:12.118000','{"at":"2026-11-30T21:43:12.109+00:00","author":"01a22e69-7143-7297-87a2-50cf4577c9f3","device":"01a22e69-717f-744a-91ac-e21099af6cba","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a22e69-71ed-7280-ba81-6549081b2797","record_class":"education","school":"01a22e69-7137-7a08-b021-7e9322a66d12","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'61eb2ae62fbbcf12880ea8ed1411abc875ad277141bee562c07ae819f7afe2d3');
INSERT INTO "revisions" VALUES(2,'5b711144d23bd37cfb4780032c2cfa160d43dc047afb1695276e65b8f96c03c1','01a22e69-71ed-7a80-a814-7b4cf15d4a46','parent_contact','2026112301','education','01a22e69-7137-7a08-b021-7e9322a66d12','01a22e69-7143-7297-87a2-50cf4577c9f3','01a22e69-717f-744a-91ac-e21099af6cba',2,'4b56f8d1d6334932f38d19b66b8f32bc9689f2aef268d4135e942eeeba5819e9','2026-11-30T21:43:12.109+00:00','2026-11-30 21:43:12.109000','2026-11-30 21:43:12.118000','{"at":"2026-11-30T21:43:12.109+00:00","author":"01a22e69-7143-7297-87a2-50cf4577c9f3","device":"01a22e69-717f-744a-91ac-e21099af6cba","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"4b56f8d1d6334932f38d19b66b8f32bc9689f2aef268d4135e942eeeba5819e9","reason":null,"record":"01a22e69-71ed-7a80-a814-7b4cf15d4a46","record_class":"education","school":"01a22e69-7137-7a08-b021-7e9322a66d12","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'81e9c960fc0f94ac87aee0d215e740b84be4c53db31ed2d52eaca6fc5ebf199a');
CREATE TABLE schools (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	address VARCHAR(300) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	reunification VARCHAR(300) DEFAULT '' NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "schools" VALUES('01a22e69-7137-7a08-b021-7e9322a66d12','North Middle School','','','',1,'2026-11-30 21:43:11.927000');
INSERT INTO "schools" VALUES('01a22e69-713f-7967-ba95-a699e0800fe6','South High School','','','',1,'2026-11-30 21:43:11.935000');
CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE tags (
	code VARCHAR(16) NOT NULL, 
	short VARCHAR(8) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (code), 
	UNIQUE (place, version), 
	UNIQUE (short), 
	FOREIGN KEY(place) REFERENCES places (id)
);
INSERT INTO "tags" VALUES('U7DUU5AF52XBNXJP','F3BQ3PSW','01a22e69-714f-78e4-a7d8-5425508e2288',1,'active','2026-11-30 21:43:11.956000');
CREATE TABLE tour_points (
	tour VARCHAR(36) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	position INTEGER NOT NULL, 
	required BOOLEAN NOT NULL, 
	PRIMARY KEY (tour, place), 
	FOREIGN KEY(tour) REFERENCES tours (id), 
	FOREIGN KEY(place) REFERENCES places (id)
);
CREATE TABLE tours (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	"order" VARCHAR(10) NOT NULL, 
	begins VARCHAR(5) NOT NULL, 
	ends VARCHAR(5) NOT NULL, 
	days JSON NOT NULL, 
	grace_min INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, planned_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (school, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
CREATE INDEX ix_family_requests_sender ON family_requests (sender);
CREATE INDEX ix_family_requests_asked_at ON family_requests (asked_at);
CREATE INDEX ix_tours_school ON tours (school);
CREATE INDEX ix_tour_points_place ON tour_points (place);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
